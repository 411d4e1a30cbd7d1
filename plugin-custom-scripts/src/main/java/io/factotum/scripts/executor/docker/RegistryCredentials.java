package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.dockerjava.api.model.AuthConfig;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who we are to a registry, by Docker's own configuration file: what {@code docker login} wrote there, or the credential
 * helper that it names. Read at each pull, as helpers give credentials that do not last.
 */
final class RegistryCredentials {

    private static final Duration HELPER_TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern HELPER = Pattern.compile("[A-Za-z0-9._-]+");
    // By the protocol of the helpers, a user of this name says that the secret is a token.
    private static final String TOKEN_USER = "<token>";

    private final Path directory;
    private final String programPrefix;

    /** By the {@code config.json} of a directory; null for the one that the docker command would take. */
    RegistryCredentials(@Nullable String directory) {
        this(directory, "docker-credential-");
    }

    /** The same, with helpers of other names. */
    RegistryCredentials(@Nullable String directory, String programPrefix) {
        this.programPrefix = programPrefix;
        String named = directory == null ? System.getenv("DOCKER_CONFIG") : directory;
        this.directory = named == null ? Path.of(System.getProperty("user.home"), ".docker") : Path.of(named);
    }

    /** Those for the registry of an image; empty if there are none. Blocks. */
    Optional<AuthConfig> of(ImageName image) throws IOException, InterruptedException {
        JsonObject config = read();
        String registry = image.registry();
        JsonObject helpers = config.getJsonObject("credHelpers", new JsonObject());
        String helper = helpers.getString(registry, config.getString("credsStore", ""));
        return helper.isEmpty() ? written(config, registry) : helped(helper, registry);
    }

    private JsonObject read() throws IOException {
        Path file = directory.resolve("config.json");
        try {
            return new JsonObject(Files.readString(file));
        } catch (NoSuchFileException none) {
            return new JsonObject();
        } catch (DecodeException malformed) {
            // Without the cause: it may quote what is in the file.
            throw new IOException("'" + file + "' is not JSON");
        }
    }

    private static Optional<AuthConfig> written(JsonObject config, String registry) {
        JsonObject auths = config.getJsonObject("auths", new JsonObject());
        return auths.fieldNames().stream()
                .filter(name -> host(name).equals(host(registry)))
                .findFirst()
                .map(auths::getJsonObject)
                .map(entry -> auth(entry, registry));
    }

    private static AuthConfig auth(JsonObject entry, String registry) {
        AuthConfig auth = new AuthConfig().withRegistryAddress(registry);
        if (entry.containsKey("identitytoken")) {
            auth.withIdentityToken(entry.getString("identitytoken"));
        }
        String encoded = entry.getString("auth", "");
        if (encoded.isEmpty()) {
            return auth.withUsername(entry.getString("username")).withPassword(entry.getString("password"));
        }
        String[] parts = new String(Base64.getDecoder().decode(encoded), UTF_8).split(":", 2);
        return auth.withUsername(parts[0]).withPassword(parts.length > 1 ? parts[1].replaceFirst("\0+$", "") : "");
    }

    private Optional<AuthConfig> helped(String helper, String registry) throws IOException, InterruptedException {
        if (!HELPER.matcher(helper).matches()) {
            throw new IOException("'" + helper + "' is no name of a credential helper");
        }
        String program = programPrefix + helper;
        Process process = new ProcessBuilder(program, "get")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            try (OutputStream input = process.getOutputStream()) {
                input.write(registry.getBytes(UTF_8));
            }
            if (!process.waitFor(HELPER_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(program + " gives no answer within " + HELPER_TIMEOUT);
            }
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            return answered(program, registry, process.exitValue(), said);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<AuthConfig> answered(String program, String registry, int code, String said)
            throws IOException {
        if (code != 0) {
            if (said.contains("credentials not found")) {
                return Optional.empty();
            }
            throw new IOException(program + " ended with " + code + ": " + said.strip());
        }
        JsonObject answer;
        try {
            answer = new JsonObject(said);
        } catch (DecodeException malformed) {
            throw new IOException(program + " did not answer in JSON");
        }
        AuthConfig auth = new AuthConfig().withRegistryAddress(registry);
        String user = answer.getString("Username", "");
        String secret = answer.getString("Secret", "");
        return Optional.of(
                user.equals(TOKEN_USER)
                        ? auth.withIdentityToken(secret)
                        : auth.withUsername(user).withPassword(secret));
    }

    // Entries may be written as a host, or as an address with a scheme and a path.
    private static String host(String registry) {
        return registry.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    }
}
