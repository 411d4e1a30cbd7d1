package io.factotum.scripts.executor.docker;

import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.ImageExecutorContract;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract, in containers. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class DockerExecutorIT extends ImageExecutorContract {

    @Override
    protected Executor open(Vertx vertx, String installId) {
        return new DockerExecutor(
                vertx,
                new DockerSettings(
                        null,
                        installId,
                        true,
                        Pulls.missingWithin(Duration.ofSeconds(20)),
                        Duration.ofHours(1),
                        List.of(),
                        RunSpec.Limits.NOBODY,
                        WarmSettings.NONE));
    }
}
