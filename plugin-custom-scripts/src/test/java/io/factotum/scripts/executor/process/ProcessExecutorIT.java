package io.factotum.scripts.executor.process;

import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.ExecutorContract;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract, as processes. */
final class ProcessExecutorIT extends ExecutorContract {

    private final Path directory;

    ProcessExecutorIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Override
    protected Executor open(Vertx vertx, String installId) {
        return new ProcessExecutor(vertx, directory.resolve(installId));
    }
}
