package io.factotum.host.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.factotum.api.config.ConfigException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes a YAML file as JSON, and puts in what its texts refer to: {@code ${env:NAME}} and {@code ${file:/path}}, a path
 * being relative to the file's directory. Blocks.
 */
public final class ConfigFile {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]*)}");
    private static final ObjectMapper YAML = new ObjectMapper(
                    new YAMLFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path file;
    private final Function<String, @Nullable String> environment;
    private final List<String> faults = new ArrayList<>();
    private boolean resolving = true;

    private ConfigFile(Path file, Function<String, @Nullable String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /**
     * The file with its references resolved; empty if there is no such file.
     *
     * @throws ConfigException if it is not YAML of one object, or a reference leads nowhere; names file and key of each
     */
    public static JsonObject read(Path file) {
        return read(file, System::getenv);
    }

    /**
     * The file as it is written, its references unresolved; empty if there is no such file.
     *
     * @throws ConfigException if it is not YAML of one object
     */
    public static JsonObject readUnresolved(Path file) {
        ConfigFile reader = new ConfigFile(file, name -> null);
        reader.resolving = false;
        return reader.resolved();
    }

    /**
     * What that would be with its references resolved, if it stood in the file.
     *
     * @throws ConfigException if a reference leads nowhere; names file and key of each
     */
    public static JsonObject resolve(Path file, JsonObject written) {
        ConfigFile reader = new ConfigFile(file, System::getenv);
        return reader.checked(reader.resolve(written.getMap(), ""));
    }

    /**
     * Writes a file, in place of the one that is there and with its permissions; without one, for its owner alone. A
     * comment in it is lost.
     *
     * @throws IOException if it cannot be written, or is a symbolic link, which somebody else keeps
     */
    public static void write(Path file, JsonObject config) throws IOException {
        // Through text, so that all of it is maps and lists, which the mapper knows.
        replace(file, YAML.writeValueAsBytes(new JsonObject(config.encode()).getMap()));
    }

    /** Writes those bytes the same way. */
    public static void replace(Path file, byte[] bytes) throws IOException {
        if (Files.isSymbolicLink(file)) {
            throw new IOException("it is a symbolic link, which somebody else keeps");
        }
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Path part = Files.createTempFile(directory, "." + file.getFileName(), ".part");
        try {
            if (Files.exists(file)) {
                Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(file));
            }
            Files.write(part, bytes, StandardOpenOption.SYNC);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** The same with another environment. */
    public static JsonObject read(Path file, Function<String, @Nullable String> environment) {
        return new ConfigFile(file, environment).resolved();
    }

    private JsonObject resolved() {
        return checked(resolve(parse(), ""));
    }

    private JsonObject checked(JsonObject resolved) {
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        return resolved;
    }

    private Map<?, ?> parse() {
        JsonNode root;
        try {
            root = YAML.readTree(Files.readString(file));
        } catch (NoSuchFileException absent) {
            return Map.of();
        } catch (JsonProcessingException malformed) {
            throw fault(place(malformed) + "it is not valid YAML: " + firstLine(malformed.getOriginalMessage()));
        } catch (IOException unreadable) {
            throw fault("it cannot be read: " + unreadable);
        }
        if (root.isMissingNode() || root.isNull()) {
            return Map.of();
        }
        if (root.isObject()) {
            return YAML.convertValue(root, Map.class);
        }
        throw fault("it holds no keys. Expected 'key: value' lines");
    }

    private ConfigException fault(String reason) {
        return new ConfigException(List.of("Cannot read configuration '%s': %s.".formatted(file, reason)));
    }

    private static String place(JsonProcessingException malformed) {
        JsonLocation location = malformed.getLocation();
        return location == null ? "" : "line %d: ".formatted(location.getLineNr());
    }

    // The parser's further lines quote the file, which may hold a secret.
    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    private JsonObject resolve(Map<?, ?> map, String prefix) {
        JsonObject object = new JsonObject();
        map.forEach((name, value) -> object.put(String.valueOf(name), resolve(value, prefix + name)));
        return object;
    }

    private @Nullable Object resolve(@Nullable Object value, String key) {
        if (value instanceof JsonObject object) {
            return resolve(object.getMap(), key + ".");
        }
        if (value instanceof JsonArray array) {
            return resolve(array.getList(), key);
        }
        if (value instanceof Map<?, ?> map) {
            return resolve(map, key + ".");
        }
        if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            for (int i = 0; i < list.size(); i++) {
                array.add(resolve(list.get(i), key + "[" + i + "]"));
            }
            return array;
        }
        return resolving && value instanceof String text ? resolve(text, key) : value;
    }

    private String resolve(String text, String key) {
        return REFERENCE
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1).equals("env") ? variable(found.group(2), key) : content(found.group(2), key)));
    }

    private String variable(String name, String key) {
        String value = environment.apply(name);
        if (value == null) {
            unresolved(key, "${env:" + name + "}", "the environment variable is not set");
            return "";
        }
        return value;
    }

    private String content(String path, String key) {
        try {
            return Files.readString(file.resolveSibling(path)).stripTrailing();
        } catch (IOException | IllegalArgumentException unreadable) {
            unresolved(key, "${file:" + path + "}", "the file cannot be read (" + unreadable + ")");
            return "";
        }
    }

    private void unresolved(String key, String reference, String reason) {
        faults.add("%s: cannot resolve %s '%s': %s.".formatted(file, key, reference, reason));
    }
}
