package io.factotum.scripts.executor.process;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.OutputSink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A script that has begun, followed by the files that it and its wrapper write. */
final class ProcessRun implements Execution {

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
    private static final int SIGNALED = 128;
    private static final Set<Integer> FROM_OUTSIDE = Set.of(SIGNALED + 9, SIGNALED + 15);

    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final RunDirectory directory;
    private final WrapperProcess wrapper;
    private final Instant startedAt;
    private final OutputSink sink;
    private final FileTail stdout;
    private final FileTail stderr;
    private final Promise<Exit> exit = Promise.promise();
    private volatile Exit.@Nullable Reason stopReason;
    private boolean wrapperEnded;
    private boolean looking;
    private boolean lookSoon;
    private volatile boolean abandoned;

    ProcessRun(
            Vertx vertx,
            WorkerExecutor workers,
            RunDirectory directory,
            WrapperProcess wrapper,
            Instant startedAt,
            OutputSink sink) {
        this.vertx = vertx;
        this.workers = workers;
        this.directory = directory;
        this.wrapper = wrapper;
        this.startedAt = startedAt;
        this.sink = sink;
        this.stdout = new FileTail(directory.stdout());
        this.stderr = new FileTail(directory.stderr());
    }

    /** Listens until the wrapper has ended. */
    ProcessRun follow(CompletableFuture<?> wrapperEnd) {
        Context context = vertx.getOrCreateContext();
        wrapperEnd.whenComplete((ended, cause) -> context.runOnContext(v -> {
            wrapperEnded = true;
            look();
        }));
        look();
        return this;
    }

    /** Stops listening. What runs goes on. */
    void abandon() {
        abandoned = true;
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public Future<Exit> exit() {
        return exit.future();
    }

    @Override
    public Future<Void> stop(Exit.Reason reason, Duration grace) {
        if (stopReason == null) {
            stopReason = reason;
        }
        return signal(ProcessWrapper.TERM)
                .onSuccess(v -> vertx.setTimer(Math.max(1, grace.toMillis()), timer -> signal(ProcessWrapper.KILL)));
    }

    private Future<Void> signal(String name) {
        if (abandoned || exit.future().isComplete()) {
            return Future.succeededFuture();
        }
        return workers.executeBlocking(
                () -> {
                    wrapper.signal(name);
                    return null;
                },
                false);
    }

    // One look at a time: it is what calls the sink. Whether the wrapper had ended is asked before the files are read,
    // so that the last look misses nothing.
    private void look() {
        if (abandoned || exit.future().isComplete()) {
            return;
        }
        if (looking) {
            lookSoon = true;
            return;
        }
        looking = true;
        lookSoon = false;
        boolean ended = wrapperEnded;
        workers.executeBlocking(() -> read(ended), false).onComplete(look -> {
            looking = false;
            if (look.failed()) {
                exit.tryFail(look.cause());
            } else {
                look.result().ifPresentOrElse(exit::tryComplete, this::lookLater);
            }
        });
    }

    private void lookLater() {
        if (wrapperEnded || lookSoon) {
            look();
        } else {
            vertx.timer(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS).onSuccess(v -> look());
        }
    }

    /** Reads on; gives the end if that has been reached. */
    private Optional<Exit> read(boolean ended) throws IOException {
        boolean more = false;
        if (!abandoned) {
            more |= stdout.read(sink::stdout);
            more |= stderr.read(sink::stderr);
        }
        if (!ended || more) {
            return Optional.empty();
        }
        int code = directory
                .exitCode()
                .orElseThrow(() -> new ExecutionLostException("Cannot tell how the script ended: its wrapper, process "
                        + wrapper.pid() + ", was ended before it could write that down in '" + directory.path()
                        + "'. Look at what the script made, then decide."));
        Exit.Reason reason = stopReason != null ? stopReason : Exit.Reason.EXITED;
        return Optional.of(new Exit(reason, code, startedAt, directory.endedAt(), message(code)));
    }

    private String message(int code) {
        return stopReason == null && FROM_OUTSIDE.contains(code)
                ? "Signal " + (code - SIGNALED) + " ended it, sent by itself or from outside, not by this host."
                : "";
    }
}
