package io.factotum.host.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;

/** The administrator's bearer token: made at the first start, kept in a file that only its owner can read. */
public final class Authentication {

    private static final String SCHEME = "bearer ";

    private final String token;

    private Authentication(String token) {
        this.token = token;
    }

    /** Reads {@code admin-token} of that directory, or makes it. */
    public static Future<Authentication> load(Vertx vertx, Path dataDirectory) {
        return vertx.executeBlocking(() -> new Authentication(readOrMake(dataDirectory.resolve("admin-token"))));
    }

    /** The token, to be shown once to whoever starts the host. */
    public String token() {
        return token;
    }

    boolean admits(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return false;
        }
        String sent = header.substring(SCHEME.length()).strip();
        // In constant time, whatever was sent.
        return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
    }

    private static String readOrMake(Path file) throws IOException {
        if (Files.exists(file)) {
            String token = Files.readString(file).strip();
            if (token.length() < 32) {
                throw new IOException(
                        "Cannot use the admin token in '%s': it has %d characters. Expected at least 32; remove the file to have another made."
                                .formatted(file, token.length()));
            }
            return token;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        // Under another name first: a file that is there is complete, also after a crash.
        Path temporary = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "admin-token",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temporary, token + "\n");
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        return token;
    }
}
