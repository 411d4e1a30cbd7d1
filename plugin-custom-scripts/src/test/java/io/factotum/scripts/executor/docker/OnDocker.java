package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An executor of a real engine, and the engine itself to look at. */
abstract class OnDocker {

    static final DockerSettings SETTINGS = TestEngine.settings(null, "faults");

    Vertx vertx;
    DockerExecutor executor;
    DockerEngine engine;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        executor = new DockerExecutor(vertx, SETTINGS);
        engine = new DockerEngine(vertx, SETTINGS);
    }

    @AfterEach
    void close() throws Exception {
        for (var leftover : await(executor.list())) {
            await(executor.remove(leftover.runTry()));
        }
        await(executor.close());
        await(engine.close());
        await(vertx.close());
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    Exit run(RunSpec spec, RecordingSink sink) throws Exception {
        return await(executor.start(spec, granted(), sink).compose(Execution::exit));
    }

    Execution adopt(RunSpec spec, RecordingSink sink) throws Exception {
        return await(executor.adopt(spec, granted(), sink)).orElseThrow();
    }

    /** Makes a run's container as the executor does, and goes no further. */
    String created(RunSpec spec) throws Exception {
        return await(engine.create(spec.image(), create -> new ContainerRecipe(SETTINGS)
                .fill(create, spec, new Sandboxes.Lent("", spec.limits().network()))));
    }
}
