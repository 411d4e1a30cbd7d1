package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The engine goes away in the middle of a run, and comes back. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
@EnabledIfEnvironmentVariable(named = "FACTOTUM_TEST_ENGINE", matches = ".+", disabledReason = TestEngine.NOT_OURS)
final class DockerRestartIT {

    private static final DockerSettings SETTINGS = TestEngine.settings(null, "restarts");
    private static final String LONG_RUN = "echo early; echo apart >&2; echo ready; sleep 15; echo end";

    private Vertx vertx;
    private DockerExecutor executor;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        executor = new DockerExecutor(vertx, SETTINGS);
    }

    @AfterEach
    void close() throws Exception {
        TestEngine.command("start");
        for (var leftover : await(executor.list())) {
            await(executor.remove(leftover.runTry()));
        }
        await(executor.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    private Execution startUntilReady(RunSpec spec, RecordingSink sink) throws Exception {
        Execution execution = await(executor.start(spec, granted(), sink));
        sink.awaiting("ready").get(60, TimeUnit.SECONDS);
        return execution;
    }

    @Test
    void runGoesOnWhileAnEngineThatKeepsItIsRestarted() throws Exception {
        TestEngine.command("restart", "--live-restore");
        RecordingSink sink = new RecordingSink();
        Execution execution = startUntilReady(RunSpecs.shell(LONG_RUN), sink);
        TestEngine.command("restart", "--live-restore");
        Exit exit = await(execution.exit());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEqualTo("early\nready\nend\n");
        assertThat(sink.err()).isEqualTo("apart\n");
        assertThat(sink.restarts()).isPositive();
        TestEngine.command("restart");
    }

    @Test
    void runGoesOnWhileAnEngineThatKeepsItIsKilled() throws Exception {
        TestEngine.command("restart", "--live-restore");
        RecordingSink sink = new RecordingSink();
        Execution execution = startUntilReady(RunSpecs.shell(LONG_RUN), sink);
        TestEngine.command("kill");
        TestEngine.command("start", "--live-restore");
        Exit exit = await(execution.exit());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEqualTo("early\nready\nend\n");
        TestEngine.command("restart");
    }

    @Test
    void runThatTheEngineEndedOnItsWayDownSaysSo() throws Exception {
        RecordingSink sink = new RecordingSink();
        Execution execution = startUntilReady(RunSpecs.shell("echo ready; sleep 1000"), sink);
        TestEngine.command("restart");
        Exit exit = await(execution.exit());
        assertThat(exit.reason()).as(exit.toString()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("engine was stopped or restarted");
        assertThat(sink.out()).isEqualTo("ready\n");
    }

    @Test
    void runOfAKilledEngineEndsOnceItIsBack() throws Exception {
        RecordingSink sink = new RecordingSink();
        Execution execution = startUntilReady(RunSpecs.shell("echo ready; sleep 1000"), sink);
        TestEngine.command("kill");
        TestEngine.command("start");
        Exit exit = await(execution.exit());
        assertThat(exit.reason()).as(exit.toString()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(sink.out()).isEqualTo("ready\n");
    }

    @Test
    void stopIsHeardOnceTheEngineIsBack() throws Exception {
        TestEngine.command("restart", "--live-restore");
        RecordingSink sink = new RecordingSink();
        Execution execution = startUntilReady(RunSpecs.shell("echo ready; sleep 1000"), sink);
        TestEngine.command("kill");
        Future<Void> told = execution.stop(Exit.Reason.CANCELED, Duration.ofSeconds(1));
        TestEngine.command("start", "--live-restore");
        await(told);
        assertThat(await(execution.exit()).reason()).isEqualTo(Exit.Reason.CANCELED);
        TestEngine.command("restart");
    }

    @Test
    void containerThatIsGoneWhenTheEngineIsBackIsLost() throws Exception {
        RecordingSink sink = new RecordingSink();
        RunSpec spec = RunSpecs.shell("echo ready; sleep 1000");
        Execution execution = startUntilReady(spec, sink);
        TestEngine.command("kill");
        TestEngine.forget(ContainerRecipe.name(spec.runTry()));
        TestEngine.command("start");
        assertThatThrownBy(() -> await(execution.exit())).hasCauseInstanceOf(ExecutionLostException.class);
    }
}
