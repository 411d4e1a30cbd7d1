package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What Docker 20.10 answered, with its ids cut short, where a container ended between its look and its kill. That was seen
 * once, in a benchmark with eight at once: a real engine does not do it when asked.
 */
final class ForcedRemovalTest {

    private static final String ENDED_MEANWHILE = """
            {"message":"Could not kill running container 94eadcb49307, cannot remove - Container 94eadcb49307 is not running"}
            """;
    private static final String DRIVER_FAILED = """
            {"message":"container 94eadcb49307: driver \\"overlay2\\" failed to remove root filesystem: device busy"}
            """;

    private final Queue<String> faults = new ArrayDeque<>();
    private final AtomicInteger removals = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private Vertx vertx;
    private DockerEngine engine;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        vertx = Vertx.vertx();
        engine = new DockerEngine(
                vertx,
                TestEngine.settings("tcp://127.0.0.1:" + server.getAddress().getPort(), "removal"));
    }

    @AfterEach
    void close() throws Exception {
        await(engine.close());
        await(vertx.close());
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("DELETE")) {
                say(exchange, 200, "{\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\"}");
                return;
            }
            removals.incrementAndGet();
            String fault = faults.poll();
            if (fault == null) {
                exchange.sendResponseHeaders(204, -1);
                return;
            }
            say(exchange, 500, fault);
        }
    }

    private static void say(HttpExchange exchange, int status, String words) throws IOException {
        byte[] body = words.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Test
    void containerThatEndedJustBeforeItsKillIsRemoved() throws Exception {
        faults.add(ENDED_MEANWHILE);
        await(engine.remove("94eadcb49307"));
        assertThat(removals).hasValue(2);
    }

    @Test
    void anyOtherFaultIsToldAtOnce() throws Exception {
        faults.add(DRIVER_FAILED);
        Throwable told = await(engine.remove("94eadcb49307").transform(end -> Future.succeededFuture(end.cause())));
        assertThat(told).hasMessageContaining("device busy");
        assertThat(removals).hasValue(1);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
