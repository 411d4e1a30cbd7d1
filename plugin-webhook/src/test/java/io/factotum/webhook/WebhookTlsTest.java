package io.factotum.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleResult;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An endpoint behind TLS, with a certificate for {@code localhost} that nobody but the test has signed. */
class WebhookTlsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static Path store;
    private static Path pem;

    private final Vertx vertx = Vertx.vertx();
    private TestEndpoint endpoint;

    @BeforeAll
    static void makeCertificate(@TempDir Path directory) throws Exception {
        store = directory.resolve("store.p12");
        pem = directory.resolve("endpoint.pem");
        List<String> which = List.of("-keystore", store.toString(), "-storepass", "changeit", "-alias", "endpoint");
        keytool(which, List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=endpoint", "-ext", "san=dns:localhost"));
        keytool(which, List.of("-exportcert", "-rfc", "-file", pem.toString()));
    }

    private static void keytool(List<String> which, List<String> what) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(what);
        command.addAll(which);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @BeforeEach
    void start() {
        PfxOptions own = new PfxOptions().setPath(store.toString()).setPassword("changeit");
        endpoint = TestEndpoint.start(
                        vertx, new HttpServerOptions().setSsl(true).setKeyCertOptions(own))
                .then(200, "{\"backend_id\": \"id-1\"}");
    }

    @AfterEach
    void close() {
        Served.await(vertx.close());
    }

    private LifecycleResult call(String host, JsonObject config) {
        JsonObject settings = new JsonObject()
                .put("url", "https://%s:%d/hook".formatted(host, endpoint.port()))
                .put("secret", Fixtures.SECRET);
        JsonObject allowed = new JsonObject()
                .put("allowed-hosts", new JsonArray().add("localhost").add("127.0.0.1"))
                .put("hold", "PT0.1S");
        return Served.start(vertx, allowed.mergeIn(config), new MemoryRuns())
                .handle(Fixtures.event(EventType.CREATE, Fixtures.sealed(settings), LONG));
    }

    private JsonObject trusting() {
        return new JsonObject().put("trust-certificates", pem.toString());
    }

    @Test
    void certificateThatTheOperatorTrustsIsTrustedForItsHost() {
        assertThat(call("localhost", trusting()).backendId()).isEqualTo("id-1");
    }

    @Test
    void certificateIsOfNoUseForAnotherHost() {
        LifecycleResult result = call("127.0.0.1", trusting());
        assertThat(result.code()).isEqualTo("unreachable");
        assertThat(result.message()).contains("No subject alternative names matching IP address 127.0.0.1 found");
        assertThat(endpoint.received).isEmpty();
    }

    @Test
    void certificateThatNobodyTrustsIsNotTrusted() {
        LifecycleResult result = call("localhost", new JsonObject());
        assertThat(result.code()).isEqualTo("unreachable");
        assertThat(result.message()).contains("unable to find valid certification path");
        assertThat(endpoint.received).isEmpty();
    }

    @Test
    void certificatesOfTheJdkStayTrusted() throws Exception {
        var manager = (X509TrustManager) Trust.with("webhook.yaml", pem.toString())
                .getTrustManagerFactory(vertx)
                .getTrustManagers()[0];
        assertThat(manager.getAcceptedIssuers()).hasSizeGreaterThan(20);
    }

    @Test
    void fileThatHoldsNoCertificateKeepsThePluginFromStarting(@TempDir Path directory) throws Exception {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");
        for (Path file : List.of(empty, directory.resolve("absent.pem"))) {
            assertThatThrownBy(() -> call("localhost", new JsonObject().put("trust-certificates", file.toString())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot use trust-certificates '" + file + "'");
        }
    }
}
