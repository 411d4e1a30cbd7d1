package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.ImageExecutorContract;
import io.factotum.scripts.executor.Leftover;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract, in containers that were started before there was a run for them. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class WarmExecutorIT extends ImageExecutorContract {

    private static final WarmSettings WARM = new WarmSettings(
            Map.of(new WarmSettings.Program(RunSpecs.SHELL_IMAGE, List.of("sh")), 1), Duration.ofHours(1), 8);

    private final List<Future<Boolean>> looks = new CopyOnWriteArrayList<>();

    @Override
    protected Executor open(Vertx vertx, String installId) throws Exception {
        DockerSettings settings = TestEngine.settings(null, installId, WARM);
        DockerExecutor executor = new DockerExecutor(vertx, settings);
        // Only what a run has asked for is kept ready.
        RunSpec first = RunSpecs.shell(":");
        await(executor.start(first, granted(), new RecordingSink()).compose(Execution::exit));
        await(executor.remove(first.runTry()));
        await(executor.warm().round());
        await(executor.warm().filled());
        return new Watched(executor, new DockerEngine(vertx, settings));
    }

    // Before the contract's own, which takes them away.
    @AfterEach
    void runsWereInWarmOnes() throws Exception {
        int warm = 0;
        for (Future<Boolean> look : looks) {
            warm += await(look) ? 1 : 0;
        }
        if (!looks.isEmpty()) {
            assertThat(warm).as("warm ones of %d that were begun", looks.size()).isPositive();
        }
    }

    /** Looks what each run of a kind of which one was ready has got. */
    private final class Watched implements Executor {

        private final DockerExecutor executor;
        private final DockerEngine engine;

        Watched(DockerExecutor executor, DockerEngine engine) {
            this.executor = executor;
            this.engine = engine;
        }

        @Override
        public Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink) {
            boolean isReady = WarmKind.of(spec).equals(WarmKind.of(RunSpecs.shell("")));
            return executor.start(spec, permission, sink).onSuccess(execution -> {
                if (isReady) {
                    looks.add(engine.inspect(reference(spec.runTry()))
                            .map(found -> found.map(it -> it.getConfig().getLabels())
                                    .map(labels -> labels.containsKey(WarmMaker.WARM_LABEL))
                                    .orElse(false)));
                }
            });
        }

        @Override
        public String name() {
            return executor.name();
        }

        @Override
        public String reference(RunTry runTry) {
            return executor.reference(runTry);
        }

        @Override
        public Future<Void> check() {
            return executor.check();
        }

        @Override
        public Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink) {
            return executor.adopt(spec, permission, sink);
        }

        @Override
        public Future<Void> remove(RunTry runTry) {
            return executor.remove(runTry);
        }

        @Override
        public Future<List<Leftover>> list() {
            return executor.list();
        }

        @Override
        public Future<Void> close() {
            return Future.join(looks).transform(looked -> executor.close()).eventually(engine::close);
        }
    }
}
