package io.factotum.scripts.executor.process;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.Leftover;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import io.factotum.scripts.executor.ShellVariables;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs each script as a process of this machine and of this user. Nothing isolates it, and limits, image, network and
 * user are ignored.
 *
 * <p>A run is a directory of files, so that a host that starts again finds it whatever ended the one before.
 */
public final class ProcessExecutor implements Executor {

    private static final Duration CLAIM_INTERVAL = Duration.ofMillis(5);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Path directory;
    private final WorkerExecutor workers;
    private final Set<ProcessRun> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Keeps its runs in the directory, which it makes if need be. */
    public ProcessExecutor(Vertx vertx, Path directory) {
        this.vertx = vertx;
        this.directory = directory.toAbsolutePath();
        this.workers = vertx.createSharedWorkerExecutor("factotum-process", 8, 1, TimeUnit.MINUTES);
    }

    @Override
    public String name() {
        return "process";
    }

    @Override
    public String reference(RunTry runTry) {
        return runTry.name();
    }

    @Override
    public Future<Void> check() {
        return blocking(() -> {
            Files.createDirectories(directory);
            if (!Files.isWritable(directory) || !Files.isExecutable(Path.of("/bin/sh"))) {
                throw new IOException(
                        "Cannot run scripts in '" + directory
                                + "': it is not writable, or there is no /bin/sh. Choose another directory, or another executor.");
            }
            return null;
        });
    }

    @Override
    public Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink) {
        RunDirectory run = RunDirectory.of(directory, spec.runTry());
        return checked(spec)
                .compose(v -> blocking(() -> run.prepare(spec)).recover(ProcessExecutor::neverBegun))
                .compose(prepared -> prepared
                        ? begin(run, spec, permission, sink)
                        : adopt(spec, permission, sink).compose(found -> found.map(Future::succeededFuture)
                                .orElseGet(() -> start(spec, permission, sink))));
    }

    @Override
    public Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink) {
        RunDirectory run = RunDirectory.of(directory, spec.runTry());
        return blocking(() -> run.exists() ? Optional.of(run.begun()) : Optional.<Optional<WrapperProcess>>empty())
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : (found.get().isPresent()
                                        ? permission.askToFollow().compose(v -> follow(run, sink))
                                        : begin(run, spec, permission, sink))
                                .map(Optional::of));
    }

    private Future<Execution> begin(RunDirectory run, RunSpec spec, Permission permission, OutputSink sink) {
        return permission
                .ask()
                .compose(v -> blocking(() -> ProcessWrapper.launch(run, spec.command()))
                        .recover(ProcessExecutor::neverBegun))
                .compose(wrapper -> claimed(run, wrapper))
                .compose(v -> follow(run, sink));
    }

    // The wrapper claims the run within milliseconds, or another's has done so before.
    private Future<Void> claimed(RunDirectory run, Process wrapper) {
        boolean ended = !wrapper.isAlive();
        return blocking(run::begun).compose(begun -> {
            if (begun.isPresent()) {
                return Future.succeededFuture();
            }
            return ended
                    ? neverBegun(new IOException("its wrapper ended with code " + wrapper.exitValue()))
                    : vertx.timer(CLAIM_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                            .compose(v -> claimed(run, wrapper));
        });
    }

    private Future<Execution> follow(RunDirectory run, OutputSink sink) {
        return blocking(() -> run.begun().orElseThrow(() -> gone(run)))
                .compose(wrapper -> blocking(wrapper::ended).compose(end -> blocking(run::begunAt)
                        .map(at -> listening(new ProcessRun(vertx, workers, run, wrapper, at, sink))
                                .follow(end))));
    }

    private ProcessRun listening(ProcessRun execution) {
        underWay.add(execution);
        execution.exit().onComplete(end -> underWay.remove(execution));
        return execution;
    }

    @Override
    public Future<Void> remove(RunTry runTry) {
        RunDirectory run = RunDirectory.of(directory, runTry);
        return blocking(() -> {
            Optional<WrapperProcess> wrapper = run.claim();
            if (wrapper.isPresent() && wrapper.get().isAlive()) {
                kill(wrapper.get());
            }
            run.remove();
            return null;
        });
    }

    private static void kill(WrapperProcess wrapper) throws Exception {
        wrapper.signal(ProcessWrapper.KILL);
        try {
            wrapper.ended().get(KILL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            wrapper.signal("KILL");
        }
    }

    @Override
    public Future<List<Leftover>> list() {
        return blocking(() -> {
            RunDirectory.removeHalfDone(directory, Instant.now());
            List<Leftover> leftovers = new ArrayList<>();
            for (RunDirectory run : RunDirectory.all(directory)) {
                leftover(run).ifPresent(leftovers::add);
            }
            return leftovers;
        });
    }

    private static Optional<Leftover> leftover(RunDirectory run) throws IOException {
        try {
            return Optional.of(new Leftover(run.runTry(), run.createdAt()));
        } catch (NoSuchFileException e) {
            // Removed meanwhile.
            return Optional.empty();
        }
    }

    @Override
    public Future<Void> close() {
        if (closed) {
            return Future.succeededFuture();
        }
        closed = true;
        underWay.forEach(ProcessRun::abandon);
        return workers.close();
    }

    private static Future<Void> checked(RunSpec spec) {
        try {
            ShellVariables.check(spec.environment());
            ShellVariables.check(spec.secrets());
            return Future.succeededFuture();
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
    }

    private static ExecutionLostException gone(RunDirectory run) {
        return new ExecutionLostException("Cannot tell how the script ended: directory '" + run.path()
                + "' is gone. Look at what the script made, then decide.");
    }

    private static <T> Future<T> neverBegun(Throwable cause) {
        return Future.failedFuture(new NeverBegunException(
                NeverBegunException.ENGINE_UNAVAILABLE,
                "Cannot start a process for the script: " + cause.getMessage()
                        + ". Look at the disk and the number of processes.",
                cause));
    }

    private <T extends @Nullable Object> Future<T> blocking(Callable<T> body) {
        return workers.executeBlocking(body, false);
    }
}
