package io.factotum.scripts.executor.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
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
    private EngineDouble said;
    private Vertx vertx;
    private DockerEngine engine;

    @BeforeEach
    void open() throws IOException {
        said = new EngineDouble(this::answer);
        vertx = Vertx.vertx();
        engine = new DockerEngine(vertx, TestEngine.settings(said.address(), "removal"));
    }

    @AfterEach
    void close() throws Exception {
        await(engine.close());
        await(vertx.close());
        said.close();
    }

    private EngineDouble.Answer answer(String method, String path) {
        if (!method.equals("DELETE")) {
            return new EngineDouble.Answer(200, "{}");
        }
        removals.incrementAndGet();
        String fault = faults.poll();
        return fault == null ? new EngineDouble.Answer(204, "") : new EngineDouble.Answer(500, fault);
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
