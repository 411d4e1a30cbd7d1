package io.factotum.host.plugin.trust;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What came with a jar to be trusted by.
 *
 * @param from where it was looked for, as messages call it: {@code 'greeter.jar.sig'}
 * @param content null if there is none
 */
public record Proof(String from, @Nullable Buffer content) {

    /** More than any proof has; what is cut off there is malformed. */
    private static final int MOST = 4096;

    /** Of a policy that asks for none. */
    public static final Proof NONE = new Proof("", null);

    /** Each byte as one character; empty if there is none. */
    public String text() {
        return content == null ? "" : content.toString(StandardCharsets.ISO_8859_1);
    }

    /** The file of that name. Blocks. */
    public static Proof read(Path file) throws IOException {
        String from = "'%s'".formatted(file.getFileName());
        try (InputStream in = Files.newInputStream(file)) {
            return new Proof(from, Buffer.buffer(in.readNBytes(MOST)));
        } catch (NoSuchFileException none) {
            return new Proof(from, null);
        }
    }
}
