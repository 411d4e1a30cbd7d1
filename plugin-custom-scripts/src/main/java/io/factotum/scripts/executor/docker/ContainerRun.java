package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One container from its start, or from where it was found, to its end. All state is on one context.
 *
 * <p>Whenever the engine cannot be heard any more it looks at the container again, for as long as it takes, and goes on
 * from what it sees.
 */
final class ContainerRun implements Execution, Following.Follower {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerRun.class);

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
    private final Ear ear;
    private final ContainerSignals signals;
    private final Promise<Execution> begun = Promise.promise();
    private final Promise<Exit> exit = Promise.promise();
    private final RunImage image;
    private Instant startedAt = Instant.now();
    private String lastEnd = ContainerExit.NEVER;
    private @Nullable Future<Void> engineEnd;
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
            RunImage image) {
        this.image = image;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.engine = engine;
        this.sandboxes = sandboxes;
        this.id = id;
        this.frame = frame;
        this.permission = permission;
        this.sink = sink;
        this.ear = new Ear(vertx, engine, id, sink);
        begun.future().onFailure(exit::tryFail);
        this.signals = new ContainerSignals(vertx, engine, id, this::isOver);
    }

    @Override
    public Optional<String> image() {
        return image.known();
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
        if (abandoned) {
            return begun.future();
        }
        this.lastEnd = lastEnd;
        new ContainerStart(engine, sandboxes, id, image::of)
                .start(ear::attach, permission.ask(), lastEnd)
                .onSuccess(this::deliver)
                .onFailure(this::startFailed);
        return begun.future();
    }

    /** Has the script run by a container that waits for one. */
    Future<Execution> begin(Attachment waiting, InspectContainerResponse container) {
        if (abandoned) {
            waiting.close();
            return begun.future();
        }
        image.of(container);
        ear.take(waiting);
        permission.ask().onSuccess(v -> deliver(waiting)).onFailure(this::startFailed);
        return begun.future();
    }

    private void deliver(Attachment attachment) {
        attachment.deliver(frame);
        startedAt = Instant.now();
        Listening listening = ear.current();
        if (listening != null) {
            follow(listening);
        }
    }

    /** When the container ended last, as far as this run has found out. */
    String lastEnd() {
        return lastEnd;
    }

    /** Goes on with a container that has been found. */
    Future<Execution> adopt(InspectContainerResponse container) {
        if (abandoned) {
            return begun.future();
        }
        image.of(container);
        ContainerState state = container.getState();
        if (ContainerExit.isCreated(state)) {
            return start(ContainerExit.lastEnd(state));
        }
        seen(state);
        return Future.all(begun.future(), permission.askToFollow())
                .onFailure(cause -> abandon())
                .map(v -> this);
    }

    /** Stops listening, for good. What runs goes on; who waits to hear that it has begun never will. */
    void abandon() {
        abandoned = true;
        ear.close();
    }

    @Override
    public Future<Void> stop(Exit.Reason reason, Duration grace) {
        return signals.stop(reason, grace);
    }

    private void startFailed(Throwable cause) {
        if (abandoned) {
            return;
        }
        if (!permission.isGranted() || cause instanceof NeverBegunException) {
            ear.stop();
            begun.tryFail(cause);
        } else if (!EngineFault.isAnswer(cause)) {
            lookAgain(cause);
        } else {
            ear.stop();
            finish(ContainerExit.refused(ContainerExit.ENGINE_FAULT_CODE, EngineFault.words(cause)));
        }
    }

    private void follow(Listening listening) {
        engineEnd = engine.goesAway();
        new Following(engine, id, listening, this).start();
    }

    @Override
    public void begun(Listening listening) {
        startedAt = listening.output().begunAt().orElse(startedAt);
        begun.tryComplete(this);
    }

    @Override
    public void overdue() {
        if (!begun.future().isComplete()) {
            signals.kill();
        }
    }

    // Nothing more is known of a good end than what the streams have told. Of any other the engine knows more.
    @Override
    public void told(int code) {
        if (code == 0 && signals.reason() == null) {
            ear.stop();
            finish(new Exit(Exit.Reason.EXITED, 0, startedAt, Instant.now(), ""));
        }
    }

    // An engine that is told to end ends what runs first, and while it does so it still answers.
    @Override
    public void ended(Listening listening, int code, ContainerState state) {
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

    @Override
    public void lookAgain(Throwable cause) {
        if (!abandoned) {
            LOG.warn("Lost sight of container={}, looking again: {}", id, EngineFault.words(cause));
            look();
        }
    }

    @Override
    public void look() {
        ear.stop();
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
            follow(ear.readLog(true));
            return;
        }
        Listening log = ear.readLog(false);
        log.ended().onComplete(log.unlessStopped(read -> {
            if (read.failed()) {
                log.after(Following.STRAGGLER, () -> lookAgain(read.cause()));
            } else {
                ended(log, ContainerExit.code(state), state);
            }
        }));
    }

    private void conclude(Listening listening, int code, ContainerState state) {
        if (ear.current() != listening) {
            return;
        }
        lastEnd = ContainerExit.lastEnd(state);
        boolean hasBegun = begun.future().isComplete()
                || listening.output().hasBegun()
                || !(ScriptWrapper.isItsCode(code) || ContainerExit.isShutdown(code));
        if (hasBegun) {
            listening.output().end();
        }
        startedAt = listening.output().begunAt().orElse(startedAt);
        // A container that was started once more, or killed on its way down, has another code than its script.
        int scripts = listening.output().code().orElse(code);
        Exit end = ContainerExit.of(state, scripts, signals.reason(), engineLost, startedAt);
        ear.stop();
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
        image.whenKnown(() -> exit.tryComplete(end));
    }

    @Override
    public void gone() {
        ear.stop();
        ExecutionLostException lost = EngineFault.lost(id);
        begun.tryFail(lost);
        exit.tryFail(lost);
    }
}
