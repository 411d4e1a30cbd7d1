package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sandbox that a host, on its way out, removes while another makes it or is about to use it: what Docker 20.10 then says to
 * its start.
 */
final class SandboxTakenAwayTest {

    private static final EngineDouble.Answer GONE =
            new EngineDouble.Answer(404, "{\"message\":\"No such container: 5a9db0\"}");
    private static final EngineDouble.Answer BEING_REMOVED =
            new EngineDouble.Answer(409, "{\"message\":\"container is marked for removal and cannot be started\"}");
    private static final EngineDouble.Answer NAME_IN_USE = new EngineDouble.Answer(
            409,
            "{\"message\":\"Conflict. The container name \\\"/x\\\" is already in use by container \\\"5a9db0\\\".\"}");
    private static final EngineDouble.Answer MADE = new EngineDouble.Answer(201, "{\"Id\":\"5a9db0\"}");
    private static final EngineDouble.Answer FOUND =
            new EngineDouble.Answer(200, "{\"Id\":\"5a9db0\",\"State\":{\"Status\":\"running\"}}");

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private void assertThatTheRunCanBeTriedAgain(EngineDouble.Answer made, EngineDouble.Answer started)
            throws Exception {
        try (EngineDouble said = new EngineDouble((method, path, query) -> path.endsWith("/create")
                ? made
                : path.endsWith("/start")
                        ? started
                        : path.endsWith("/json") ? FOUND : new EngineDouble.Answer(204, ""))) {
            DockerExecutor executor = new DockerExecutor(vertx, TestEngine.settings(said.address(), "taken"));
            Permission permission = granted();
            Future<Execution> begun = executor.start(
                    RunSpecs.trusted(RunSpecs.shell("true"), "offering"), permission, new RecordingSink());
            Throwable told = await(begun.transform(end -> Future.succeededFuture(end.cause())));
            assertThat(told).isInstanceOf(NeverBegunException.class);
            assertThat(permission.isAsked())
                    .as("what nothing was made of is on record as begun")
                    .isFalse();
            await(executor.close());
        }
    }

    @Test
    void whileItIsMade() throws Exception {
        assertThatTheRunCanBeTriedAgain(MADE, GONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileAnotherUsesIt(boolean gone) throws Exception {
        assertThatTheRunCanBeTriedAgain(NAME_IN_USE, gone ? GONE : BEING_REMOVED);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
