package io.factotum.api.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one configuration object key by key, collects everything that is wrong with it, and reports it at once.
 *
 * <p>Keys are kebab-case and dotted for nesting: {@code http.port}. Each read documents its key, which is where the
 * configuration reference comes from. Not thread-safe.
 */
public final class ConfigReader {

    /** A key that was read: for the configuration reference. */
    public record Key(String name, String type, String defaultValue, String meaning) {}

    private final String source;
    private final JsonObject root;
    private final List<Key> keys = new ArrayList<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final List<String> faults = new ArrayList<>();

    /**
     * A reader.
     *
     * @param source what to call the object in messages: the file's name
     */
    public ConfigReader(String source, JsonObject root) {
        this.source = source;
        this.root = root;
    }

    /** A text. */
    public String text(String key, String defaultValue, String meaning) {
        return read(key, "text", defaultValue, defaultValue, meaning, value -> {
            if (value instanceof JsonObject || value instanceof JsonArray) {
                throw new IllegalArgumentException("expected a text");
            }
            return value.toString();
        });
    }

    /** One word out of a list. */
    public String choice(String key, String defaultValue, List<String> choices, String meaning) {
        return read(key, String.join(" | ", choices), defaultValue, defaultValue, meaning, value -> {
            if (!choices.contains(value.toString())) {
                throw new IllegalArgumentException("expected one of " + String.join(", ", choices));
            }
            return value.toString();
        });
    }

    /** A whole number within bounds, both included. */
    public long number(String key, long defaultValue, long min, long max, String meaning) {
        return read(key, "number", Long.toString(defaultValue), defaultValue, meaning, value -> {
            long number;
            try {
                number = Long.parseLong(value.toString());
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException("expected a whole number", notANumber);
            }
            if (number < min || number > max) {
                throw new IllegalArgumentException("expected a whole number from %d to %d".formatted(min, max));
            }
            return number;
        });
    }

    /** True or false. */
    public boolean flag(String key, boolean defaultValue, String meaning) {
        return read(key, "true | false", Boolean.toString(defaultValue), defaultValue, meaning, value -> {
            if (!value.toString().equals("true") && !value.toString().equals("false")) {
                throw new IllegalArgumentException("expected true or false");
            }
            return Boolean.valueOf(value.toString());
        });
    }

    /** A positive ISO 8601 duration. */
    public Duration duration(String key, Duration defaultValue, String meaning) {
        return read(key, "duration", defaultValue.toString(), defaultValue, meaning, value -> {
            try {
                Duration duration = Duration.parse(value.toString());
                if (!duration.isNegative() && !duration.isZero()) {
                    return duration;
                }
            } catch (DateTimeParseException notADuration) {
                // Told below.
            }
            throw new IllegalArgumentException("expected a positive ISO 8601 duration such as PT30M");
        });
    }

    /** An object with keys of its own, read by the caller. */
    public JsonObject object(String key, JsonObject defaultValue, String defaultText, String meaning) {
        return read(key, "object", defaultText, defaultValue, meaning, value -> {
            if (value instanceof JsonObject object) {
                return object;
            }
            throw new IllegalArgumentException("expected an object");
        });
    }

    /** A list, read by the caller. */
    public JsonArray list(String key, JsonArray defaultValue, String defaultText, String meaning) {
        return read(key, "list", defaultText, defaultValue, meaning, value -> {
            if (value instanceof JsonArray array) {
                return array;
            }
            throw new IllegalArgumentException("expected a list");
        });
    }

    /**
     * The keys read so far as a JSON Schema, for {@code META-INF/config.schema.json}: what is a key, and of what form its
     * value is. It takes whatever this reader may take; the reader's own faults are more exact.
     */
    public JsonObject schema() {
        JsonObject schema = new JsonObject().put("$schema", "https://json-schema.org/draft/2020-12/schema");
        for (Key key : keys) {
            JsonObject object = open(schema);
            String[] names = key.name().split("\\.");
            for (int i = 0; i < names.length - 1; i++) {
                JsonObject properties = object.getJsonObject("properties");
                if (!properties.containsKey(names[i])) {
                    properties.put(names[i], open(new JsonObject()));
                }
                object = properties.getJsonObject(names[i]);
            }
            object.getJsonObject("properties").put(names[names.length - 1], schema(key));
        }
        return schema;
    }

    private static JsonObject open(JsonObject object) {
        if (!object.containsKey("properties")) {
            object.put("type", new JsonArray().add("object").add("null"))
                    .put("additionalProperties", false)
                    .put("properties", new JsonObject());
        }
        return object;
    }

    private static JsonObject schema(Key key) {
        JsonObject schema = new JsonObject().put("description", key.meaning());
        return switch (key.type()) {
            case "object" -> schema.put("type", new JsonArray().add("object").add("null"));
            case "list" -> schema.put("type", new JsonArray().add("array").add("null"));
            // A number in quotes is a number here, and the other way round.
            default ->
                schema.put(
                                "type",
                                new JsonArray()
                                        .add("string")
                                        .add("number")
                                        .add("boolean")
                                        .add("null"))
                        .put("default", key.defaultValue());
        };
    }

    /** Adds a fault that the caller found. */
    public void fault(String key, Object value, String reason) {
        faults.add("%s: cannot use %s '%s': %s".formatted(source, key, value, reason));
    }

    /** The keys read so far, in that order. */
    public List<Key> keys() {
        return List.copyOf(keys);
    }

    /** The keys read so far as a Markdown table: the configuration reference, generated from what is really read. */
    public String markdown() {
        StringBuilder table = new StringBuilder("| key | value | default | meaning |\n|---|---|---|---|\n");
        for (Key key : keys) {
            table.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            key.name(),
                            key.type().replace("|", "\\|"),
                            key.defaultValue().isEmpty() ? "empty" : "`" + key.defaultValue() + "`",
                            key.meaning()));
        }
        return table.toString();
    }

    /**
     * Ends the reading: unknown keys are faults too.
     *
     * @throws ConfigException if anything was wrong; its message names file, key and value of each
     */
    public void finish() {
        unknownKeys(root, "");
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
    }

    private void unknownKeys(JsonObject object, String prefix) {
        for (String name : object.fieldNames()) {
            String key = prefix + name;
            if (known.contains(key)) {
                continue;
            }
            if (object.getValue(name) instanceof JsonObject nested
                    && known.stream().anyMatch(k -> k.startsWith(key + "."))) {
                unknownKeys(nested, key + ".");
            } else {
                faults.add("%s: unknown key '%s'. Known keys: %s"
                        .formatted(source, key, String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    private <T> T read(
            String key, String type, String defaultText, T defaultValue, String meaning, Function<Object, T> parse) {
        keys.add(new Key(key, type, defaultText, meaning));
        known.add(key);
        Object value = find(key);
        if (value == null) {
            return defaultValue;
        }
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException wrong) {
            fault(key, value, String.valueOf(wrong.getMessage()));
            return defaultValue;
        }
    }

    private @Nullable Object find(String key) {
        JsonObject object = root;
        String[] names = key.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            if (!(object.getValue(names[i]) instanceof JsonObject nested)) {
                return null;
            }
            object = nested;
        }
        return object.getValue(names[names.length - 1]);
    }
}
