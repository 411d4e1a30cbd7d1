package io.factotum.host.plugin.trust;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What makes a host trust a jar. Immutable. */
public interface TrustPolicy {

    /** How the files that may lie beside a jar are called, after the jar's own name. */
    List<String> SUFFIXES = List.of(ChecksumPolicy.SUFFIX, SignaturePolicy.SUFFIX);

    /** Takes any jar. */
    TrustPolicy NONE = new TrustPolicy() {
        @Override
        public Optional<String> suffix() {
            return Optional.empty();
        }

        @Override
        public Optional<String> objection(Path jar, String sha256, Proof proof) {
            return Optional.empty();
        }

        @Override
        public Buffer beside(String file, Buffer proof) {
            return proof;
        }
    };

    /** How the file beside the jar is called, after the jar's own name; empty if none is asked for. */
    Optional<String> suffix();

    /** What speaks against that jar, with what to do about it; empty if it is trusted. Blocks. */
    Optional<String> objection(Path jar, String sha256, Proof proof) throws IOException;

    /** How a proof that was accepted is written beside a jar of that name. */
    Buffer beside(String file, Buffer proof);
}
