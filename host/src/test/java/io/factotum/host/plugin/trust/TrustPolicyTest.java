package io.factotum.host.plugin.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustPolicyTest {

    private static final String SHA256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    private static final String FROM = "'some.jar.proof'";

    private final Path keys;
    private final Path jar;

    TrustPolicyTest(@TempDir Path directory) throws IOException {
        this.keys = Files.createDirectories(directory.resolve("keys"));
        this.jar = directory.resolve("some.jar");
    }

    @BeforeEach
    void writeJar() throws IOException {
        Files.writeString(jar, "hello\n");
    }

    private static Proof proof(String content) {
        return new Proof(FROM, Buffer.buffer(content));
    }

    private static Proof proof(byte[] content) {
        return new Proof(FROM, Buffer.buffer(content));
    }

    private String objection(TrustPolicy policy, Proof proof) throws IOException {
        return policy.objection(jar, SHA256, proof).orElse("");
    }

    @Test
    void aChecksumAsSha256sumWritesItIsTakenWhateverTheFileIsCalledInIt() throws IOException {
        TrustPolicy policy = new ChecksumPolicy();

        assertThat(objection(policy, proof(SHA256 + "  another-name-1.0.jar\n")))
                .isEmpty();
        assertThat(objection(policy, proof(SHA256 + " *binary.jar\r\n"))).isEmpty();
        assertThat(objection(policy, proof("\\" + SHA256 + "  odd\\\\name.jar\n")))
                .isEmpty();
        assertThat(objection(policy, proof(SHA256.toUpperCase(java.util.Locale.ROOT))))
                .isEmpty();
    }

    @Test
    void aChecksumThatIsMissingMalformedOrAnothersIsTold() throws IOException {
        TrustPolicy policy = new ChecksumPolicy();
        String another = "0".repeat(64);

        assertThat(objection(policy, new Proof(FROM, null)))
                .isEqualTo("Cannot trust the jar: " + FROM
                        + " is missing. Expected its SHA-256 there, as sha256sum writes it.");
        for (String malformed :
                new String[] {"", SHA256.substring(1), SHA256 + "0", SHA256 + "  a\n" + SHA256 + "  b\n"}) {
            assertThat(objection(policy, proof(malformed))).as(malformed).contains(FROM, "is no checksum");
        }
        assertThat(objection(policy, proof(another + "  some.jar\n")))
                .contains("its SHA-256 is " + SHA256, FROM + " says " + another);
    }

    @Test
    void whatOpensslSignsIsTakenRawAndInBase64() throws Exception {
        Files.writeString(keys.resolve("release.pem"), """
                -----BEGIN PUBLIC KEY-----
                MCowBQYDK2VwAyEA98cIzLYiIKgJfHI/RDL8J1+15nHp49AZHTBvpxGg+yE=
                -----END PUBLIC KEY-----
                """);
        String signature = "wcWw1/7oFPn07ExzbflnbWZSBWpr6ZqB40dA7mOVzYh2NXL6YiW1jslc6aVX+foo+DzSOmC+/p9UdsAbYsBhBA==";
        TrustPolicy policy = new SignaturePolicy(TrustedKeys.read(keys));

        assertThat(objection(policy, proof(Base64.getDecoder().decode(signature))))
                .isEmpty();
        assertThat(objection(policy, proof(signature))).isEmpty();
        assertThat(objection(policy, proof(signature.substring(0, 60) + "\n" + signature.substring(60) + "\n")))
                .isEmpty();
        Files.writeString(jar, "hellO\n");
        assertThat(objection(policy, proof(signature))).contains("was not made over this jar");
    }

    @Test
    void anyOfTheTrustedKeysWillDo() throws Exception {
        SigningKey before = new SigningKey();
        SigningKey now = new SigningKey();
        before.writeTo(keys.resolve("2025.pem"));
        now.writeTo(keys.resolve("2026.pem"));
        Files.writeString(keys.resolve("README"), "Whose keys these are.");
        byte[] bytes = Files.readAllBytes(jar);
        TrustPolicy policy = new SignaturePolicy(TrustedKeys.read(keys));

        assertThat(objection(policy, proof(before.sign(bytes)))).isEmpty();
        assertThat(objection(policy, proof(now.sign(bytes)))).isEmpty();
        assertThat(objection(policy, proof(new SigningKey().sign(bytes))))
                .contains(
                        FROM + " was not made over this jar by any trusted key",
                        "2025.pem, 2026.pem",
                        "Sign the jar again");
    }

    @Test
    void aSignatureThatIsMissingOrMalformedIsTold() throws Exception {
        TrustPolicy policy = new SigningKey().trusted(keys);

        assertThat(objection(policy, new Proof(FROM, null)))
                .contains(FROM + " is missing", "Expected an Ed25519 signature", "release.pem");
        for (byte[] malformed :
                new byte[][] {{}, new byte[63], new byte[65], "no base64!".getBytes(StandardCharsets.UTF_8)}) {
            assertThat(objection(policy, proof(malformed))).contains("is no Ed25519 signature");
        }
        byte[] outOfRange = new byte[64];
        java.util.Arrays.fill(outOfRange, (byte) 0xff);
        assertThat(objection(policy, proof(outOfRange))).contains("was not made over this jar");
    }

    @Test
    void everyKeyThatCannotBeUsedIsTold() throws Exception {
        SigningKey key = new SigningKey();
        key.writeTo(keys.resolve("good.pem"));
        Files.writeString(keys.resolve("private.pem"), key.privatePem());
        Files.writeString(keys.resolve("none.pem"), "nothing");
        Files.writeString(
                keys.resolve("rsa.pem"),
                SigningKey.pem(
                        "PUBLIC KEY",
                        KeyPairGenerator.getInstance("RSA")
                                .generateKeyPair()
                                .getPublic()
                                .getEncoded()));
        Files.writeString(keys.resolve("torn.pem"), "-----BEGIN PUBLIC KEY-----\nA===\n-----END PUBLIC KEY-----\n");
        Files.writeString(
                keys.resolve("two.pem"),
                Files.readString(keys.resolve("good.pem")).repeat(2));

        assertThatThrownBy(() -> TrustedKeys.read(keys))
                .hasMessageContaining("private.pem holds a PRIVATE KEY")
                .hasMessageContaining("none.pem is not PEM")
                .hasMessageContaining("rsa.pem is no Ed25519 key")
                .hasMessageContaining("torn.pem is no Ed25519 key")
                .hasMessageContaining("two.pem holds several keys")
                .hasMessageNotContaining("good.pem");
    }

    @Test
    void noKeysAreAFault() throws GeneralSecurityException {
        assertThatThrownBy(() -> TrustedKeys.read(keys)).hasMessageContaining("there is no *.pem in it");
        assertThatThrownBy(() -> TrustedKeys.read(keys.resolve("nowhere")))
                .hasMessageContaining("the directory cannot be listed");
    }
}
