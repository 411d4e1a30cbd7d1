package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.scripts.executor.EnginePool;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Two addresses of one engine, each for an installation of its own, as two engines. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = "unix://.+", disabledReason = TestEngine.NONE)
final class EnginePoolIT {

    private final Vertx vertx = Vertx.vertx();
    private final EngineDoor left = new EngineDoor();
    private final EngineDoor right = new EngineDoor();
    private final Map<UUID, String> recorded = new ConcurrentHashMap<>();
    private final List<Integer> slots = new CopyOnWriteArrayList<>();
    private final List<RunTry> runs = new ArrayList<>();
    private EnginePool pool;

    @BeforeEach
    void open() {
        pool = pool();
    }

    @AfterEach
    void close() throws Exception {
        for (RunTry run : runs) {
            await(pool.remove(run));
        }
        await(pool.close());
        await(vertx.close());
        left.close();
        right.close();
    }

    private EnginePool pool() {
        return new EnginePool(
                vertx,
                List.of(
                        new EnginePool.Engine("left", 1, executor(left, "pool-left")),
                        new EnginePool.Engine("right", 2, executor(right, "pool-right"))),
                run -> Future.succeededFuture(Optional.ofNullable(recorded.get(run))),
                slots::add);
    }

    private Executor executor(EngineDoor door, String installation) {
        return new DockerExecutor(vertx, TestEngine.settings(door.address(), installation));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    private Execution start(RunSpec spec) throws Exception {
        runs.add(spec.runTry());
        Execution begun = await(pool.start(spec, granted(), new RecordingSink()));
        recorded.put(spec.runTry().run(), pool.reference(spec.runTry()));
        return begun;
    }

    @Test
    void runsAreSharedOutAndFoundAgainByAnotherHost() throws Exception {
        List<RunSpec> specs = List.of(
                RunSpecs.shell("sleep 3; echo one"),
                RunSpecs.shell("sleep 3; echo two"),
                RunSpecs.shell("sleep 3; echo three"));
        for (RunSpec spec : specs) {
            start(spec);
        }
        assertThat(specs.stream().map(spec -> recorded.get(spec.runTry().run()).replaceFirst("/.*", "")))
                .containsExactlyInAnyOrder("left", "right", "right");

        await(pool.close());
        pool = pool();
        List<String> said = new ArrayList<>();
        for (RunSpec spec : specs) {
            RecordingSink sink = new RecordingSink();
            Execution adopted = await(pool.adopt(spec, granted(), sink)).orElseThrow();
            assertThat(await(adopted.exit()).reason()).isEqualTo(Exit.Reason.EXITED);
            said.add(sink.out());
        }
        assertThat(said).containsExactly("one\n", "two\n", "three\n");
        assertThat(await(pool.list())).hasSize(3);
    }

    @Test
    void engineThatCannotBeReachedIsLeftOutUntilItCan() throws Exception {
        right.shut();
        RunSpec spec = RunSpecs.shell("true");
        assertThat(await(start(spec).exit()).code()).isZero();
        assertThat(recorded.get(spec.runTry().run())).startsWith("left/factotum-");
        assertThat(slots).containsExactly(3, 1);

        right.openAgain();
        for (int tries = 0; slots.get(slots.size() - 1) != 3 && tries < 100; tries++) {
            await(vertx.timer(200, TimeUnit.MILLISECONDS));
        }
        assertThat(slots).endsWith(3);
        RunSpec again = RunSpecs.shell("true");
        assertThat(await(start(again).exit()).code()).isZero();
        assertThat(recorded.get(again.runTry().run())).startsWith("right/factotum-");
    }

    @Test
    void runIsWaitedForWhileItsEngineCannotBeReached() throws Exception {
        await(start(RunSpecs.shell("true")).exit());
        RunSpec spec = RunSpecs.shell("echo early; sleep 4; echo end");
        Execution execution = start(spec);
        assertThat(recorded.get(spec.runTry().run())).startsWith("right/");
        right.shut();
        await(vertx.timer(2, TimeUnit.SECONDS));
        right.openAgain();
        assertThat(await(execution.exit()).code()).isZero();
    }
}
