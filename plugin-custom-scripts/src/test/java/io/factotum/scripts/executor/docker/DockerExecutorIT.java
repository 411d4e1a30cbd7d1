package io.factotum.scripts.executor.docker;

import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.ImageExecutorContract;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract, in containers. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class DockerExecutorIT extends ImageExecutorContract {

    @Override
    protected Executor open(Vertx vertx, String installId) {
        return new DockerExecutor(vertx, TestEngine.settings(null, installId));
    }
}
