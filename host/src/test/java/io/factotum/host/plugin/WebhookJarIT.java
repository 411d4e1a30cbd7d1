package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.LifecycleResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The webhook jar that the build drops: it goes without a trace, whatever is under way. */
class WebhookJarIT {

    private static final Path JAR = Path.of("..", "plugins-dir", "webhook.jar");

    /** Of the endpoints, which know nothing of the host. */
    private final Vertx elsewhere = Vertx.vertx();

    private final Promise<Void> held = Promise.promise();
    private final Promise<Void> heldIsClosed = Promise.promise();
    private PluginHost host;
    private HttpServer server;

    @BeforeEach
    void start(@TempDir Path root) throws Exception {
        server = PluginHost.await(
                elsewhere.createHttpServer().requestHandler(this::answer).listen(0, "127.0.0.1"));
        host = new PluginHost(root, Duration.ofSeconds(10));
        Files.writeString(host.conf.resolve("webhook.yaml"), "allowed-hosts: [127.0.0.1]\n");
        Path jar = Files.copy(JAR, host.plugins.resolve("webhook.jar"));
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
        host.started();
    }

    @AfterEach
    void stop() {
        host.close();
        PluginHost.await(elsewhere.close());
    }

    private void answer(HttpServerRequest request) {
        switch (request.path()) {
            case "/ok" -> request.response().end("{\"backend_id\": \"id-1\"}");
            case "/busy" -> request.response().setStatusCode(503).end();
            default -> {
                request.response().closeHandler(gone -> heldIsClosed.tryComplete());
                held.tryComplete();
            }
        }
    }

    private Future<LifecycleResult> deliver(String path) {
        JsonObject settings = new JsonObject()
                .put("url", "http://127.0.0.1:%d%s".formatted(server.actualPort(), path))
                .put("secret", new JsonObject().put("sealed", "sealed:whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        return host.handler("webhook").handle(PluginHost.create("webhook", settings));
    }

    @Test
    void nothingOfItStaysThoughRequestsAreUnderWayAndWaitingWhenItIsRemoved() throws Exception {
        assertThat(PluginHost.await(deliver("/ok")).backendId()).isEqualTo("id-1");
        Future<LifecycleResult> holding = deliver("/held");
        Future<LifecycleResult> waiting = deliver("/busy");
        PluginHost.await(held.future());

        List<String> published = host.published("webhook");
        Files.delete(host.plugins.resolve("webhook.jar"));
        host.published(published, "REMOVED 0.1.0");
        PluginHost.await(heldIsClosed.future());
        assertThat(holding.isComplete() || waiting.isComplete())
                .as("what a plugin that is stopped says of its events counts")
                .isFalse();

        JsonObject report = collected();
        assertThat(report.getJsonArray("loaders")).isEmpty();
    }

    private JsonObject collected() {
        JsonObject report = new JsonObject();
        for (int i = 0; i < 60; i++) {
            // A test may ask for what production waits for.
            System.gc();
            report = host.leaks("webhook");
            if (report.getInteger("collected") > 0) {
                return report;
            }
            PluginHost.await(host.vertx.timer(50));
        }
        throw new AssertionError("in the end: " + report.encodePrettily());
    }
}
