package io.factotum.host.plugin.trust;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a jar whose SHA-256 came with it, as {@code sha256sum} writes it. The name in there is let be: jars are renamed. */
final class ChecksumPolicy implements TrustPolicy {

    static final String SUFFIX = ".sha256";

    private static final Pattern LINE = Pattern.compile("\\\\?(?<hash>[0-9a-fA-F]{64})([ \\t][^\\r\\n]*)?\\R?");

    @Override
    public Optional<String> suffix() {
        return Optional.of(SUFFIX);
    }

    @Override
    public Optional<String> objection(Path jar, String sha256, Proof proof) {
        Buffer content = proof.content();
        if (content == null) {
            return Optional.of(
                    "Cannot trust the jar: %s is missing. Expected its SHA-256 there, as sha256sum writes it."
                            .formatted(proof.from()));
        }
        Optional<String> said = hash(content);
        if (said.isEmpty()) {
            return Optional.of(
                    "Cannot trust the jar: %s is no checksum. Expected one line with 64 hexadecimal digits, as sha256sum writes it."
                            .formatted(proof.from()));
        }
        return said.get().equals(sha256)
                ? Optional.empty()
                : Optional.of(
                        "Cannot trust the jar: its SHA-256 is %s, and %s says %s. Replace the one of the two that is wrong."
                                .formatted(sha256, proof.from(), said.get()));
    }

    @Override
    public Buffer beside(String file, Buffer proof) {
        return Buffer.buffer("%s  %s\n".formatted(hash(proof).orElseThrow(), file));
    }

    private static Optional<String> hash(Buffer content) {
        Matcher line = LINE.matcher(content.toString(StandardCharsets.ISO_8859_1));
        return line.matches() ? Optional.of(line.group("hash").toLowerCase(Locale.ROOT)) : Optional.empty();
    }
}
