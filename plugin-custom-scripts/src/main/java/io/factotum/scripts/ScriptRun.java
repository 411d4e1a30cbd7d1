package io.factotum.scripts;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.lifecycle.RunTrace;
import io.factotum.api.store.OutputUpdate;
import io.factotum.api.store.RunStore;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One delivery of one event: launch, follow, stop in time, read the result. Lives on the plugin's context. */
final class ScriptRun {

    private static final Logger log = LoggerFactory.getLogger(ScriptRun.class);
    private static final Duration SAVE_INTERVAL = Duration.ofMillis(500);
    private static final Duration STOP_AGAIN = Duration.ofSeconds(5);
    private static final String CANCELED = "canceled";

    /** What time it is, how long the script may take, and how long it has to end when it is asked to. */
    record Times(Clock clock, Duration timeout, Duration grace) {}

    private final Vertx vertx;
    private final RunStore runs;
    private final Executor executor;
    private final Times times;
    private final LifecycleEvent event;
    private final RunSpec spec;
    private final RunOutput output;

    private final Permission permission = new Permission(this::askToBegin, this::recordBegin);
    private final Promise<LifecycleResult> answer = Promise.promise();
    private final Promise<Void> launched = Promise.promise();
    private @Nullable Execution execution;
    private Exit.@Nullable Reason stopReason;
    private boolean permissionAsked;
    private boolean ended;
    private Future<Void> saving = Future.succeededFuture();

    ScriptRun(
            Vertx vertx,
            RunStore runs,
            Executor executor,
            Times times,
            LifecycleEvent event,
            RunSpec spec,
            RunOutput output) {
        this.vertx = vertx;
        this.runs = runs;
        this.executor = executor;
        this.times = times;
        this.event = event;
        this.spec = spec;
        this.output = output;
    }

    Future<LifecycleResult> carryOut() {
        whatIsStored()
                .compose(stored -> launch())
                .onComplete(begunOrNot -> launched.complete())
                .compose(begun -> begun.map(this::follow).orElseGet(this::nothingThere))
                .recover(this::unfinished)
                .onComplete(answer::tryComplete, answer::tryFail);
        return answer.future()
                .map(result -> MaskedResult.of(result, output.masker()))
                .compose(this::afterSaving);
    }

    /** An earlier delivery may have stored output: of this script, or of an attempt before it. */
    private Future<Void> whatIsStored() {
        return event.begun() || event.attempt() > 1
                ? runs.storedOutput(event.id())
                        .onSuccess(stored -> output.resume(stored, event.begun()))
                        .mapEmpty()
                : Future.succeededFuture();
    }

    /**
     * Stops it, also if it has not begun yet: then it never will, and nobody has to wait until what it needs is prepared,
     * as an image that is being pulled.
     */
    Future<Void> cancel() {
        Future<Void> told = stop(Exit.Reason.CANCELED);
        if (!permissionAsked && !event.begun()) {
            unfinished(new CanceledBeforeBeginException()).onComplete(answer::tryComplete, answer::tryFail);
        }
        return told;
    }

    /** Completes when nothing more is prepared for it; that may be long after it was canceled. */
    Future<Void> launched() {
        return launched.future();
    }

    /** On record as begun is only what the executor has prepared: a host killed before that has nothing to look for. */
    private Future<Optional<Execution>> launch() {
        return event.begun()
                ? executor.adopt(spec, permission, output)
                : executor.start(spec, permission, output).map(Optional::of);
    }

    private Future<Void> askToBegin() {
        return stopReason == null
                ? recordBegin()
                        .compose(begun -> stopReason == null ? Future.succeededFuture() : canceledBeforeItBegan())
                : canceledBeforeItBegan();
    }

    private static Future<Void> canceledBeforeItBegan() {
        return Future.failedFuture(new CanceledBeforeBeginException());
    }

    private Future<Void> recordBegin() {
        permissionAsked = true;
        return runs.begin(event, executor.name(), executor.reference(spec.runTry()));
    }

    private Future<LifecycleResult> follow(Execution begun) {
        execution = begun;
        long timeout = stopReason == null ? vertx.setTimer(untilTimeout(begun), id -> stop(Exit.Reason.TIMED_OUT)) : -1;
        long saver = vertx.setPeriodic(SAVE_INTERVAL.toMillis(), id -> save());
        if (stopReason != null) {
            tellToStop(begun, stopReason);
        }
        return begun.exit()
                .onComplete(exit -> {
                    ended = true;
                    vertx.cancelTimer(timeout);
                    vertx.cancelTimer(saver);
                })
                .map(this::result);
    }

    private long untilTimeout(Execution begun) {
        Duration left =
                Duration.between(times.clock().instant(), begun.startedAt().plus(times.timeout()));
        return Math.max(1, left.toMillis());
    }

    private Future<Void> stop(Exit.Reason reason) {
        if (stopReason != null || ended) {
            return Future.succeededFuture();
        }
        stopReason = reason;
        if (execution == null) {
            permission.withdraw(new CanceledBeforeBeginException());
            return Future.succeededFuture();
        }
        return tellToStop(execution, reason);
    }

    private Future<Void> tellToStop(Execution running, Exit.Reason reason) {
        return running.stop(reason, times.grace()).onFailure(notTold -> {
            if (!ended) {
                log.warn("Script not stopped, trying again run={} reason={}", event.id(), reason.key(), notTold);
                vertx.setTimer(STOP_AGAIN.toMillis(), id -> stopAgain(running, reason));
            }
        });
    }

    private void stopAgain(Execution running, Exit.Reason reason) {
        if (!ended) {
            tellToStop(running, reason);
        }
    }

    private void save() {
        if (saving.isComplete()) {
            saving = saveOnce(output.toSave()).otherwiseEmpty();
        }
    }

    private Future<Void> saveOnce(OutputUpdate update) {
        return update.isEmpty()
                ? Future.succeededFuture()
                : runs.saveOutput(event.id(), update)
                        .onSuccess(saved -> output.saved())
                        .onFailure(notSaved -> {
                            output.notSaved(update);
                            log.debug("Output not saved for now run={}", event.id(), notSaved);
                        });
    }

    /** All output is stored before the result is: nothing is shown of a run after it has ended. */
    private Future<LifecycleResult> afterSaving(LifecycleResult result) {
        return saving.compose(saved -> saveRest()).transform(saved -> Future.succeededFuture(result));
    }

    private Future<Void> saveRest() {
        OutputUpdate rest = output.toSave();
        return rest.isEmpty() ? Future.succeededFuture() : saveOnce(rest).compose(saved -> saveRest());
    }

    private LifecycleResult result(Exit exit) {
        output.finish();
        return new OutputParser(event.offering().components(), output.quoteMasker())
                .parse(event.type(), exit, output.resultLine(), output.lastWords())
                .with(new RunTrace(
                        exit.code(),
                        exit.reason().key(),
                        permissionAsked ? exit.startedAt() : null,
                        exit.finishedAt(),
                        execution == null ? null : execution.image().orElse(null)));
    }

    private Future<LifecycleResult> nothingThere() {
        return Future.failedFuture(new ExecutionLostException(("Cannot tell how the %s script of run '%s' ended: it may"
                        + " have begun, and %s has nothing of it any more. Look at what the script made, then order"
                        + " again what is missing.")
                .formatted(event.type().key(), event.id(), executor.name())));
    }

    private Future<LifecycleResult> unfinished(Throwable cause) {
        if (cause instanceof NeverBegunException neverBegun) {
            return failed(Outcome.NOT_BEGUN, neverBegun.code(), neverBegun.getMessage());
        }
        if (cause instanceof CanceledBeforeBeginException) {
            return failed(Outcome.CANCELED, CANCELED, cause.getMessage());
        }
        if (cause instanceof ExecutionLostException) {
            return failed(Outcome.LOST, "run_lost", cause.getMessage());
        }
        return Future.failedFuture(cause);
    }

    private Future<LifecycleResult> failed(Outcome outcome, String code, @Nullable String message) {
        output.finish();
        RunTrace trace = new RunTrace(null, null, execution == null ? null : execution.startedAt(), null, null);
        return Future.succeededFuture(LifecycleResult.failed(outcome, code, message == null ? "" : message)
                .with(trace));
    }

    /** Asked to stop before the script had permission to begin. */
    private static final class CanceledBeforeBeginException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        CanceledBeforeBeginException() {
            super("Cannot run the script: it was canceled before it began.");
        }
    }
}
