package io.factotum.host.plugin.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;

/** A key that somebody signs jars with. */
public final class SigningKey {

    private final KeyPair pair;

    /** Another one each time. */
    public SigningKey() {
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Its public half as a file. */
    public Path writeTo(Path file) throws IOException {
        return Files.writeString(file, pem("PUBLIC KEY", pair.getPublic().getEncoded()));
    }

    /** A policy that trusts this key alone. */
    public TrustPolicy trusted(Path directory) {
        try {
            writeTo(Files.createDirectories(directory).resolve("release.pem"));
            return new SignaturePolicy(TrustedKeys.read(directory));
        } catch (IOException | TrustedKeys.UnusableException failed) {
            throw new AssertionError(failed);
        }
    }

    static String pem(String label, byte[] encoded) {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(encoded);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, base64, label);
    }

    String privatePem() {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    /** Over all of it. */
    public byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The same as a header has it. */
    public String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(sign(bytes));
    }
}
