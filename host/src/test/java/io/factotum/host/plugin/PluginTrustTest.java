package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static io.factotum.host.plugin.PluginHost.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.config.ConfigReader;
import io.factotum.host.Refusal;
import io.factotum.host.plugin.trust.SigningKey;
import io.factotum.host.plugin.trust.TrustConfig;
import io.factotum.host.plugin.trust.TrustPolicy;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginTrustTest {

    private static final String FILE = "greeter.jar";

    private final Path root;
    private final SigningKey key = new SigningKey();
    private PluginHost host;

    PluginTrustTest(@TempDir Path root) {
        this.root = root;
        this.host = new PluginHost(root, key.trusted(root.resolve("keys")));
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private void restart(TrustPolicy trust) {
        host.close();
        host = new PluginHost(root, trust).started();
    }

    private static byte[] version(String version) {
        return JarBuilder.plugin("greeter", "return Future.succeededFuture();")
                .descriptor(json -> json.put("version", version))
                .bytes();
    }

    private void put(String file, byte[] bytes) throws IOException {
        Path part = Files.write(host.plugins.resolve("." + file + ".part"), bytes);
        Files.move(part, host.plugins.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private void putSigned(byte[] jar) throws IOException {
        put(FILE, jar);
        put(FILE + ".sig", key.sign(jar));
    }

    private JsonObject reasonOnceItHas(String text) {
        return host.reached(FILE, entry -> entry.getString("reason", "").contains(text));
    }

    private void oneMoreLook() throws IOException {
        host.drop("other.jar", JarBuilder.bare("x"));
        host.reached("other.jar", "REJECTED");
        Files.delete(host.plugins.resolve("other.jar"));
    }

    @Test
    void aJarIsRejectedUntilItsSignatureIsThere() throws IOException {
        host.started();
        put(FILE, version("1.0.0"));

        assertThat(host.reached(FILE, "REJECTED").getString("reason"))
                .contains("'greeter.jar.sig' is missing", "Expected an Ed25519 signature");

        put(FILE + ".sig", new SigningKey().sign(version("1.0.0")));
        reasonOnceItHas("'greeter.jar.sig' was not made over this jar by any trusted key");
        put(FILE + ".sig", key.sign(version("1.0.0")));

        assertThat(host.reached(FILE, "ACTIVE").getString("version")).isEqualTo("1.0.0");
    }

    @Test
    void whatIsNotTrustedIsNotEvenRead() throws IOException {
        host.started();
        put(FILE, new byte[] {1, 2, 3});

        // Without a policy it would be called incomplete.
        assertThat(host.reached(FILE, "REJECTED").getString("reason")).contains("is missing");
    }

    @Test
    void theRunningPluginStaysUntilJarAndSignatureFitAgain() throws IOException {
        host.started();
        putSigned(version("1.0.0"));
        host.reached(FILE, "ACTIVE");

        put(FILE, version("2.0.0"));
        assertThat(reasonOnceItHas("The jar that now lies in its place cannot be used: Cannot trust the jar")
                        .getString("version"))
                .isEqualTo("1.0.0");
        put(FILE + ".sig", key.sign(version("2.0.0")));
        assertThat(host.reached(FILE, "2.0.0", "ACTIVE").getString("reason")).isNull();

        put(FILE + ".sig", key.sign(version("3.0.0")));
        reasonOnceItHas("cannot be used");
        assertThat(host.entry(FILE).getString("state")).isEqualTo("ACTIVE");
        put(FILE, version("3.0.0"));
        host.reached(FILE, "3.0.0", "ACTIVE");
    }

    @Test
    void aSignatureThatGoesAndComesBackLeavesThePluginRunning() throws IOException {
        host.started();
        putSigned(version("1.0.0"));
        host.reached(FILE, "ACTIVE");
        Files.delete(host.plugins.resolve(FILE + ".sig"));
        reasonOnceItHas("'greeter.jar.sig' is missing");

        put(FILE + ".sig", key.sign(version("1.0.0")));

        JsonObject back = host.reached(FILE, entry -> !entry.containsKey("reason"));
        assertThat(back.getString("state")).isEqualTo("ACTIVE");
        assertThat(await(host.reconciler.management().get("greeter"))
                        .getJsonObject("counts")
                        .getInteger("STARTING"))
                .as("lives")
                .isEqualTo(1);
    }

    @Test
    void anUploadComesWithItsProof() throws Exception {
        PluginManagement management = host.reconciler.management();
        host.started();
        byte[] jar = version("1.0.0");

        Refusal refused = (Refusal) failure(management.upload(Buffer.buffer(jar), null));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.faults().get(0).message()).contains("the header 'X-Factotum-Proof' is missing");
        assertThat(failure(management.upload(Buffer.buffer(jar), key.base64(version("2.0.0")))))
                .hasMessageContaining("Cannot load the jar");
        assertThat(host.plugins).isEmptyDirectory();

        assertThat(await(management.upload(Buffer.buffer(jar), key.base64(jar))).getString("state"))
                .isEqualTo("ACTIVE");
        assertThat(host.plugins.resolve(FILE + ".sig")).hasContent(key.base64(jar));
        restart(key.trusted(root.resolve("keys")));
        host.reached(FILE, "ACTIVE");
    }

    @Test
    void rollingBackAndRemovingTakeTheSignatureAlong() throws Exception {
        PluginManagement management = host.reconciler.management();
        host.started();
        for (String version : new String[] {"1.0.0", "2.0.0"}) {
            await(management.upload(Buffer.buffer(version(version)), key.base64(version(version))));
        }

        assertThat(await(management.rollBack("greeter")).getString("version")).isEqualTo("1.0.0");
        assertThat(host.plugins.resolve(FILE + ".sig")).hasContent(key.base64(version("1.0.0")));
        oneMoreLook();
        assertThat(host.entry(FILE).getString("reason")).isNull();

        await(management.remove("greeter"));
        assertThat(host.plugins.resolve(FILE)).doesNotExist();
        assertThat(host.plugins.resolve(FILE + ".sig")).doesNotExist();
    }

    @Test
    void theJarBeforeIsGoneBackToOnlyIfItIsTrustedStill() throws Exception {
        SigningKey next = new SigningKey();
        host.started();
        putSigned(version("1.0.0"));
        host.reached(FILE, "ACTIVE");
        putSigned(version("2.0.0"));
        host.reached(FILE, "2.0.0", "ACTIVE");
        put(FILE, version("3.0.0"));
        put(FILE + ".sig", next.sign(version("3.0.0")));

        restart(next.trusted(root.resolve("keys")));
        host.reached(FILE, "3.0.0", "ACTIVE");

        assertThat(failure(host.reconciler.management().rollBack("greeter")))
                .hasMessageContaining("There is no other jar of it");
        // With both keys it may be.
        key.writeTo(root.resolve("keys").resolve("before.pem"));
        restart(next.trusted(root.resolve("keys")));
        assertThat(await(host.reconciler.management().rollBack("greeter")).getString("version"))
                .isEqualTo("2.0.0");
    }

    @Test
    void copiesThatAreKeptNoMoreGoWithTheirSignatures() throws Exception {
        host.started();
        for (String version : new String[] {"1.0.0", "2.0.0", "3.0.0"}) {
            putSigned(version(version));
            host.reached(FILE, version, "ACTIVE");
        }
        Path work = root.resolve("work").resolve("greeter");
        restart(key.trusted(root.resolve("keys")));

        try (var left = Files.list(work)) {
            assertThat(left.map(file -> file.getFileName().toString().replaceFirst("^[0-9a-f]{64}", "")))
                    .containsExactlyInAnyOrder("good", ".jar", ".jar.sig", ".jar", ".jar.sig");
        }
    }

    @Test
    void aChecksumThatIsUploadedIsWrittenAsSha256sumChecksIt() throws Exception {
        restart(TrustConfig.read(
                new ConfigReader("host.yaml", new JsonObject("{\"plugins\": {\"trust\": \"checksum\"}}")), root));
        byte[] jar = version("1.0.0");
        put(FILE, jar);
        assertThat(host.reached(FILE, "REJECTED").getString("reason")).contains("'greeter.jar.sha256' is missing");

        await(host.reconciler.management().upload(Buffer.buffer(jar), sha256(jar)));

        assertThat(host.plugins.resolve(FILE + ".sha256")).hasContent(sha256(jar) + "  greeter.jar");
        host.reached(FILE, "ACTIVE");
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
