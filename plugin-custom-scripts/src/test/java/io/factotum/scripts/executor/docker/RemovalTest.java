package io.factotum.scripts.executor.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What Docker 20.10 answers, with its ids cut short, while a container is on its way down. That it ended between the engine's
 * look and its kill was seen once, in a benchmark with eight at once: a real engine does not do it when asked.
 */
final class RemovalTest {

    private static final String ENDED_MEANWHILE = """
            {"message":"Could not kill running container 94eadcb49307, cannot remove - Container 94eadcb49307 is not running"}
            """;
    private static final String RUNS = """
            {"message":"You cannot remove a running container 94eadcb49307. Stop the container before attempting removal or force remove"}
            """;
    private static final String IS_BEING_REMOVED = """
            {"message":"removal of container 94eadcb49307 is already in progress"}
            """;
    private static final String DRIVER_FAILED = """
            {"message":"container 94eadcb49307: driver \\"overlay2\\" failed to remove root filesystem: device busy"}
            """;

    private final Queue<EngineDouble.Answer> faults = new ConcurrentLinkedQueue<>();
    private final List<String> removals = new CopyOnWriteArrayList<>();

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

    private EngineDouble.Answer answer(String method, String path, String query) {
        if (!method.equals("DELETE")) {
            return new EngineDouble.Answer(200, "{}");
        }
        removals.add(query.contains("force=true") ? "by force" : "unless it runs");
        EngineDouble.Answer fault = faults.poll();
        return fault == null ? new EngineDouble.Answer(204, "") : fault;
    }

    private void answers(int times, int status, String body) {
        faults.addAll(Collections.nCopies(times, new EngineDouble.Answer(status, body)));
    }

    @Test
    void containerThatIsAboutToEndIsNotKilled() throws Exception {
        answers(2, 409, RUNS);
        await(new GentleRemoval(vertx, engine).of("94eadcb49307"));
        assertThat(removals).containsExactly("unless it runs", "unless it runs", "unless it runs");
    }

    @Test
    void containerThatDoesNotEndIsRemovedByForce() throws Exception {
        answers(5, 409, RUNS);
        await(new GentleRemoval(vertx, engine).of("94eadcb49307"));
        assertThat(removals).hasSize(6).endsWith("unless it runs", "by force");
    }

    @Test
    void containerThatIsBeingRemovedIsLeftToThat() throws Exception {
        answers(1, 409, IS_BEING_REMOVED);
        await(new GentleRemoval(vertx, engine).of("94eadcb49307"));
        assertThat(removals).containsExactly("unless it runs");
    }

    @Test
    void engineThatSaysItInItsOwnWayIsAskedToUseForce() throws Exception {
        answers(1, 500, "{\"message\":\"cannot remove container 94eadcb49307 as it is running\"}");
        await(new GentleRemoval(vertx, engine).of("94eadcb49307"));
        assertThat(removals).containsExactly("unless it runs", "by force");
    }

    @Test
    void containerThatEndedJustBeforeItsKillIsRemoved() throws Exception {
        answers(1, 500, ENDED_MEANWHILE);
        await(engine.remove("94eadcb49307"));
        assertThat(removals).containsExactly("by force", "by force");
    }

    @Test
    void anyOtherFaultIsToldAtOnce() throws Exception {
        answers(1, 500, DRIVER_FAILED);
        Throwable told = await(engine.remove("94eadcb49307").transform(end -> Future.succeededFuture(end.cause())));
        assertThat(told).hasMessageContaining("device busy");
        assertThat(removals).containsExactly("by force");
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
