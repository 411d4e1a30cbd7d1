package io.factotum.host.plugin.trust;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Base64;
import java.util.Optional;

/** Takes a jar that one of the trusted keys has signed: Ed25519 over the whole file, the signature raw or in base64. */
final class SignaturePolicy implements TrustPolicy {

    static final String SUFFIX = ".sig";

    private static final int LENGTH = 64;

    private final TrustedKeys keys;

    SignaturePolicy(TrustedKeys keys) {
        this.keys = keys;
    }

    @Override
    public Optional<String> suffix() {
        return Optional.of(SUFFIX);
    }

    @Override
    public Optional<String> objection(Path jar, String sha256, Proof proof) throws IOException {
        Buffer content = proof.content();
        if (content == null) {
            return Optional.of(
                    "Cannot trust the jar: %s is missing. Expected an Ed25519 signature over the jar there, by a key of which the public half is in %s: %s."
                            .formatted(proof.from(), keys.directory(), keys.names()));
        }
        Optional<byte[]> signature = signature(content);
        if (signature.isEmpty()) {
            return Optional.of(
                    "Cannot trust the jar: %s is no Ed25519 signature. Expected 64 bytes, as they are or in base64."
                            .formatted(proof.from()));
        }
        // The algorithm has to have all of it at once.
        byte[] bytes = Files.readAllBytes(jar);
        return keys.all().stream().anyMatch(key -> isBy(key, bytes, signature.get()))
                ? Optional.empty()
                : Optional.of(
                        "Cannot trust the jar: %s was not made over this jar by any trusted key. Expected one of those in %s: %s. Sign the jar again, or put the signer's public key there and start the host again."
                                .formatted(proof.from(), keys.directory(), keys.names()));
    }

    @Override
    public Buffer beside(String file, Buffer proof) {
        return proof;
    }

    private static Optional<byte[]> signature(Buffer content) {
        byte[] bytes = content.getBytes();
        if (bytes.length == LENGTH) {
            return Optional.of(bytes);
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("\\s", "");
        try {
            return Optional.of(Base64.getDecoder().decode(text)).filter(decoded -> decoded.length == LENGTH);
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }

    private static boolean isBy(PublicKey key, byte[] bytes, byte[] signature) {
        try {
            Signature check = Signature.getInstance(TrustedKeys.ALGORITHM);
            check.initVerify(key);
            check.update(bytes);
            return check.verify(signature);
        } catch (SignatureException outOfRange) {
            return false;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
