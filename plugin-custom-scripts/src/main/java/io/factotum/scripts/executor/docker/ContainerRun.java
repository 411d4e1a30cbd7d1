package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Frame;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One container from its start, or from where it was found, to its end. All state is on one context.
 *
 * <p>Whenever the engine cannot be heard any more it looks at the container again, for as long as it takes, and goes on
 * from what it sees.
 */
final class ContainerRun implements Execution {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerRun.class);

    /** How long it may take to open the streams, and the wrapper to say that it has everything. */
    private static final Duration HANDOVER_TIMEOUT = Duration.ofMinutes(1);
    /** How long after one of "ended" and "all output is here" the other is waited for. */
    private static final Duration STRAGGLER = Duration.ofSeconds(5);
    /** The net below an answer that never comes. */
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(30);

    /** How long an engine may take to be gone after it has ended its containers. */
    private static final Duration SHUTDOWN_TIME = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final Context context;
    private final DockerEngine engine;
    private final Sandboxes sandboxes;
    private final String id;
    private final ScriptFrame frame;
    private final Permission permission;
    private final OutputSink sink;
    private final ContainerSignals signals;
    private final Promise<Execution> begun = Promise.promise();
    private final Promise<Exit> exit = Promise.promise();
    private final Function<String, Future<String>> digests;
    private Future<Optional<String>> image = Future.succeededFuture(Optional.empty());
    private Instant startedAt = Instant.now();
    private String lastEnd = ContainerExit.NEVER;
    private @Nullable Listening current;
    private @Nullable Future<Void> engineEnd;
    private boolean sandboxWoken;
    private boolean ending;
    private boolean engineLost;
    private boolean abandoned;

    ContainerRun(
            Vertx vertx,
            DockerEngine engine,
            Sandboxes sandboxes,
            String id,
            ScriptFrame frame,
            Permission permission,
            OutputSink sink,
            Function<String, Future<String>> digests) {
        this.digests = digests;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.engine = engine;
        this.sandboxes = sandboxes;
        this.id = id;
        this.frame = frame;
        this.permission = permission;
        this.sink = sink;
        this.signals = new ContainerSignals(vertx, engine, id, this::isOver);
    }

    /** Finds out what the image is called for good, as far as there is time for it. */
    void madeOf(InspectContainerResponse container) {
        String id = container.getImageId();
        if (id != null) {
            image = digests.apply(id)
                    .timeout(STRAGGLER.toMillis(), TimeUnit.MILLISECONDS)
                    .map(Optional::of)
                    .otherwise(Optional.empty());
        }
    }

    @Override
    public Optional<String> image() {
        return image.succeeded() ? image.result() : Optional.empty();
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public Future<Exit> exit() {
        return exit.future();
    }

    /**
     * Starts a container that has not run the script.
     *
     * @param lastEnd when it ended last, as the engine said when that was found out
     */
    Future<Execution> start(String lastEnd) {
        this.lastEnd = lastEnd;
        Future<Void> permitted = permission.ask();
        FrameGate gate = new FrameGate();
        Listening attached = listen(false, output -> engine.attach(id, gate, output));
        attached.alsoStops(gate::close);
        attached.opened()
                .timeout(HANDOVER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(EngineFault.notDelivered(id, cause)))
                .compose(v -> permitted)
                .compose(v -> sandboxes.start(id))
                .compose(v -> isFirstSince(lastEnd))
                .onSuccess(v -> {
                    gate.open(frame);
                    startedAt = Instant.now();
                    follow(attached);
                })
                .onFailure(this::startFailed);
        return begun.future();
    }

    private Future<Void> isFirstSince(String end) {
        return engine.inspect(id)
                .onSuccess(found -> found.ifPresent(this::madeOf))
                .compose(found -> found.isEmpty()
                                || ContainerExit.lastEnd(found.get().getState()).equals(end)
                        ? Future.succeededFuture()
                        : Future.failedFuture(new IllegalStateException("another host has run it meanwhile")));
    }

    /** When the container ended last, as far as this run has found out. */
    String lastEnd() {
        return lastEnd;
    }

    /** Goes on with a container that has been found. */
    Future<Execution> adopt(ContainerState state) {
        if (ContainerExit.isCreated(state)) {
            return start(ContainerExit.lastEnd(state));
        }
        seen(state);
        return Future.all(begun.future(), permission.askToFollow())
                .onFailure(cause -> abandon())
                .map(v -> this);
    }

    /** Stops listening. What runs goes on. */
    void abandon() {
        abandoned = true;
        stopListening();
    }

    @Override
    public Future<Void> stop(Exit.Reason reason, Duration grace) {
        return signals.stop(reason, grace);
    }

    private Listening listen(boolean ofLog, Function<MarkedOutput, ContainerStream<Frame>> open) {
        MarkedOutput output = new MarkedOutput(context, sink, ofLog);
        Listening listening = new Listening(vertx, output, open.apply(output), ofLog);
        current = listening;
        return listening;
    }

    private void stopListening() {
        if (current != null) {
            current.stop();
            current = null;
        }
    }

    private <T> Handler<T> whileCurrent(Listening listening, Handler<T> handler) {
        return event -> {
            if (current == listening) {
                handler.handle(event);
            }
        };
    }

    private void startFailed(Throwable cause) {
        if (cause instanceof Sandboxes.AsleepException asleep) {
            wakeSandbox(asleep);
            return;
        }
        if (!permission.isGranted() || cause instanceof NeverBegunException) {
            stopListening();
            begun.tryFail(cause);
        } else if (!EngineFault.isAnswer(cause)) {
            lookAgain(cause);
        } else {
            stopListening();
            finish(ContainerExit.refused(ContainerExit.ENGINE_FAULT_CODE, EngineFault.words(cause)));
        }
    }

    private void wakeSandbox(Sandboxes.AsleepException asleep) {
        // The engine has closed what was attached.
        stopListening();
        if (sandboxWoken) {
            begun.tryFail(sandboxes.gone(asleep));
            return;
        }
        sandboxWoken = true;
        sandboxes.wake(asleep).onSuccess(v -> start(lastEnd)).onFailure(begun::tryFail);
    }

    private void follow(Listening listening) {
        engineEnd = engine.goesAway();
        listening.output().begun().onSuccess(v -> begun.tryComplete(this));
        listening.output().ended().onSuccess(whileCurrent(listening, this::toldEnd));
        engine.awaitEnd(id).onComplete(whileCurrent(listening, end -> {
            if (end.succeeded()) {
                ended(listening, end.result());
            } else {
                lookAgain(end.cause());
            }
        }));
        listening.ended().onComplete(end -> listening.after(STRAGGLER, () -> lookUnlessEnding(listening)));
        listening.every(LOOK_INTERVAL, () -> lookWhetherItRuns(listening));
        listening.after(HANDOVER_TIMEOUT, () -> {
            if (!begun.future().isComplete()) {
                signals.kill();
            }
        });
    }

    // Nothing more is known of a good end than what the streams have told. Of any other the engine knows more.
    private void toldEnd(int code) {
        if (code == 0 && signals.reason() == null) {
            stopListening();
            finish(new Exit(Exit.Reason.EXITED, 0, startedAt, Instant.now(), ""));
        }
    }

    private void lookWhetherItRuns(Listening listening) {
        engine.inspect(id).onSuccess(found -> {
            if (current == listening
                    && !found.map(it -> ContainerExit.isRunning(it.getState())).orElse(false)) {
                listening.after(STRAGGLER, () -> lookUnlessEnding(listening));
            }
        });
    }

    private void lookUnlessEnding(Listening listening) {
        if (current == listening && !ending) {
            look();
        }
    }

    private void ended(Listening listening, int code) {
        ending = true;
        listening.drained(STRAGGLER).onComplete(whileCurrent(listening, drained -> {
            if (drained.failed()) {
                lookAgain(drained.cause());
            } else if (listening.readsLog()) {
                // Followed, a log may leave out a last line that has no end; read afterwards it is whole.
                look();
            } else {
                engine.inspect(id)
                        .onSuccess(found ->
                                found.ifPresentOrElse(it -> endedUnwell(listening, code, it.getState()), this::gone))
                        .onFailure(this::lookAgain);
            }
        }));
    }

    // An engine that is told to end ends what runs first, and while it does so it still answers.
    private void endedUnwell(Listening listening, int code, ContainerState state) {
        Future<Void> away = engineEnd;
        if (away == null || signals.reason() != null || !ContainerExit.isShutdown(code)) {
            conclude(listening, code, state);
            return;
        }
        away.timeout(SHUTDOWN_TIME.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(end -> context.runOnContext(v -> {
                    engineLost |= end.succeeded();
                    conclude(listening, code, state);
                }));
    }

    private void lookAgain(Throwable cause) {
        if (!abandoned) {
            LOG.warn("Lost sight of container={}, looking again: {}", id, EngineFault.words(cause));
            look();
        }
    }

    private void look() {
        stopListening();
        ending = false;
        new PatientLook(vertx, engine).at(id, this::isOver).onSuccess(sighting -> {
            engineLost |= sighting.engineWasAway();
            if (!isOver()) {
                sighting.container().ifPresentOrElse(it -> seen(it.getState()), this::gone);
            }
        });
    }

    private boolean isOver() {
        return abandoned || exit.future().isComplete();
    }

    private void seen(ContainerState state) {
        if (ContainerExit.isCreated(state)) {
            start(ContainerExit.lastEnd(state));
            return;
        }
        startedAt = ContainerExit.instant(state.getStartedAt(), startedAt);
        sink.restart();
        if (ContainerExit.isRunning(state)) {
            follow(listen(true, output -> engine.logs(id, true, output)));
            return;
        }
        Listening log = listen(true, output -> engine.logs(id, false, output));
        log.ended().onComplete(whileCurrent(log, read -> {
            if (read.failed()) {
                log.after(STRAGGLER, () -> lookAgain(read.cause()));
            } else {
                endedUnwell(log, ContainerExit.code(state), state);
            }
        }));
    }

    private void conclude(Listening listening, int code, ContainerState state) {
        if (current != listening) {
            return;
        }
        lastEnd = ContainerExit.lastEnd(state);
        boolean hasBegun = begun.future().isComplete()
                || listening.output().hasBegun()
                || !(ScriptWrapper.isItsCode(code) || ContainerExit.isShutdown(code));
        if (hasBegun) {
            listening.output().end();
        }
        // A container that was started once more, or killed on its way down, has another code than its script.
        int scripts = listening.output().code().orElse(code);
        Exit end = ContainerExit.of(state, scripts, signals.reason(), engineLost, startedAt);
        stopListening();
        if (hasBegun || end.reason() == Exit.Reason.OUT_OF_MEMORY) {
            finish(end);
        } else if (code == ScriptWrapper.NOT_WHOLE || ContainerExit.isShutdown(code)) {
            begun.tryFail(EngineFault.notDelivered(id, new IllegalStateException("it ended with code " + code)));
        } else {
            finish(ContainerExit.refused(code, listening.output().wrapperWords()));
        }
    }

    private void finish(Exit end) {
        begun.tryComplete(this);
        image.onComplete(known -> exit.tryComplete(end));
    }

    private void gone() {
        stopListening();
        ExecutionLostException lost = EngineFault.lost(id);
        begun.tryFail(lost);
        exit.tryFail(lost);
    }
}
