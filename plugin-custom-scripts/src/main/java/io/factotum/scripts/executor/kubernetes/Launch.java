package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Job from its release until its script begins, or until it is certain that it never will: because it is given up, or
 * not wanted any more. Lives on the plugin's context.
 */
final class Launch {

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    /** How long a node may need beyond the grace time to take a Pod away. */
    private static final Duration STRAGGLER = Duration.ofSeconds(5);
    /** How long a Job may have no Pod before its events are asked why; doubled each time. */
    private static final Duration WITHOUT_POD = Duration.ofSeconds(4);

    /** Hears what became of it. */
    interface Outcome {

        /** A Pod was found by looking, that no watch has told of. */
        void seen(PodSight pod);

        /** The Job is not there, and nobody here has deleted it. */
        void jobGone();

        /** The cluster will not run it, however often it is asked: in its words. */
        void refused(String why);

        /** It provably never began, and nothing of it is left; or it is lost, and nobody can tell whether it began. */
        void failed(Throwable why);
    }

    /** Why nothing is to begin any more. */
    private record Ending(Exit.Reason reason, boolean refused, String message, Throwable cause) {}

    private final ClusterApi api;
    private final RunTimers timers;
    private final KubernetesSettings.Times times;
    private final RunTry run;
    private final String name;
    private final String uid;
    private final Outcome outcome;
    private Future<Void> releasing = Future.succeededFuture();
    private @Nullable PodSight pod;
    private @Nullable Ending ending;
    private String noPodWords = "the Job has no Pod yet";
    private boolean over;
    private boolean settling;
    private long pendingTimer = -1;
    private long unschedulableTimer = -1;

    Launch(ClusterApi api, RunTimers timers, KubernetesSettings.Times times, RunTry run, String uid, Outcome outcome) {
        this.api = api;
        this.timers = timers;
        this.times = times;
        this.run = run;
        this.name = JobRecipe.name(run);
        this.uid = uid;
        this.outcome = outcome;
    }

    /** Lets a Job run whose Secret is there. */
    void release() {
        pendingTimer = timers.after(times.pending(), () -> giveUp(PendingPod.tooLong(pendingWords())));
        timers.after(WITHOUT_POD, () -> askWhyThereIsNoPod(WITHOUT_POD));
        tryRelease();
    }

    // Asked again until the server answers: to release twice is to release once.
    private void tryRelease() {
        if (over || ending != null) {
            return;
        }
        releasing = api.release(name);
        releasing.onFailure(cause -> {
            if (over || ending != null) {
                return;
            }
            if (ApiFault.status(cause) == 404) {
                outcome.jobGone();
            } else if (ApiFault.isRefusal(cause)) {
                giveUp(new PendingPod.Fault(false, "job_refused", ApiFault.words(cause)));
            } else {
                timers.after(RETRY, this::tryRelease);
            }
        });
    }

    /** Whether it is being ended before it has begun. */
    boolean isEnding() {
        return ending != null && !over;
    }

    /** Why it was given up, though it began meanwhile; null if it was not. */
    @Nullable
    String givenUp() {
        return ending != null && ending.reason() == Exit.Reason.ENGINE_FAULT ? ending.message() : null;
    }

    /** The script has begun: there is nothing more to do here. */
    void begun() {
        over = true;
        timers.cancel(pendingTimer);
        timers.cancel(unschedulableTimer);
    }

    /** What keeps a Pod pending may be for good. */
    void seen(PodSight sight) {
        pod = sight;
        if (over || ending != null) {
            return;
        }
        PendingPod.of(sight).ifPresentOrElse(this::giveUp, () -> watchScheduling(sight));
    }

    /** The Pod is gone, or nothing of it runs, and it has not begun. */
    void podGone() {
        if (isEnding()) {
            settle();
        }
    }

    private void watchScheduling(PodSight sight) {
        if (sight.unschedulable() == null) {
            timers.cancel(unschedulableTimer);
            unschedulableTimer = -1;
        } else if (unschedulableTimer < 0) {
            unschedulableTimer = timers.after(times.unschedulable(), () -> {
                if (pod != null && pod.unschedulable() != null) {
                    giveUp(PendingPod.unschedulable(pod.unschedulable()));
                }
            });
        }
    }

    private void askWhyThereIsNoPod(Duration patience) {
        if (pod == null && !over && ending == null) {
            api.event(uid, "FailedCreate").onSuccess(words -> {
                noPodWords = words.isEmpty() ? noPodWords : words;
                PendingPod.notCreated(words).ifPresent(this::giveUp);
            });
            timers.after(patience, () -> askWhyThereIsNoPod(patience.multipliedBy(2)));
        }
    }

    private String pendingWords() {
        if (pod == null) {
            return noPodWords;
        }
        PodSight.Waiting waiting = pod.waiting();
        return pod.unschedulable() != null
                ? pod.unschedulable()
                : waiting != null ? waiting.reason() + ": " + waiting.message() : "its Pod is being made";
    }

    private void giveUp(PendingPod.Fault why) {
        if (over || ending != null) {
            return;
        }
        end(new Ending(
                Exit.Reason.ENGINE_FAULT,
                !why.mayWorkLater(),
                why.message(),
                new NeverBegunException(why.code(), why.message(), new IllegalStateException(why.message()))));
    }

    /** It is not wanted any more. What is told in the end is the reason given here, unless it begins meanwhile. */
    void withdraw(Throwable why) {
        if (over || (ending != null && ending.reason() == Exit.Reason.CANCELED)) {
            return;
        }
        boolean underWay = ending != null;
        Ending withdrawn = new Ending(Exit.Reason.CANCELED, false, "", why);
        if (underWay) {
            ending = withdrawn;
        } else {
            end(withdrawn);
        }
    }

    private void end(Ending why) {
        ending = why;
        // Once the release is answered, nothing that was sent before can undo this.
        releasing.onComplete(answered -> tryToEnd(why));
    }

    private void tryToEnd(Ending why) {
        api.stop(name, why.reason())
                .onSuccess(told -> {
                    timers.after(times.grace().plus(times.nodeSilence()), this::nodeIsSilent);
                    if (pod == null || pod.over()) {
                        look(RETRY);
                    } else {
                        timers.after(times.grace().plus(STRAGGLER), () -> look(RETRY));
                    }
                })
                .onFailure(cause -> timers.after(RETRY, () -> tryToEnd(why)));
    }

    /** Only what has no Pod any more, or one that ended without having begun, can begin no more. */
    private void look(Duration pause) {
        if (over || settling || timers.isStopped()) {
            return;
        }
        api.podsOf(run).onComplete(found -> {
            if (over || settling || timers.isStopped()) {
                return;
            }
            List<PodSight> pods = found.succeeded() ? found.result() : List.of();
            pods.forEach(outcome::seen);
            if (found.succeeded() && pods.isEmpty()) {
                settle();
            } else if (!over && !settling) {
                Duration longer = pause.multipliedBy(2);
                timers.after(pause, () -> look(longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer));
            }
        });
    }

    // What a node has begun, and whether, only the node knows.
    private void nodeIsSilent() {
        if (!over && !settling && pod != null && pod.deleting()) {
            lose();
        }
    }

    private void lose() {
        over = true;
        outcome.failed(lost("Its node was lost before it said whether the script had begun."));
    }

    static ExecutionLostException lost(String why) {
        return new ExecutionLostException(
                "Cannot tell how the script ended: " + why + " Look at what the script made, then decide.");
    }

    private void settle() {
        Ending why = ending;
        if (settling || over || why == null) {
            return;
        }
        if (pod != null && pod.outOfSight()) {
            lose();
            return;
        }
        settling = true;
        if (why.refused()) {
            over = true;
            outcome.refused(why.message());
            return;
        }
        api.delete(name, uid).onComplete(deleted -> {
            if (deleted.succeeded()) {
                confirm();
            } else {
                settling = false;
                timers.after(RETRY, this::settle);
            }
        });
    }

    // A controller may have made a Pod just before it heard of the Job's end. After its deletion it makes none.
    private void confirm() {
        api.podsOf(run).onComplete(found -> {
            if (over || timers.isStopped()) {
                return;
            }
            List<PodSight> alive = found.succeeded()
                    ? found.result().stream()
                            .filter(sight -> sight.begun() || !sight.over())
                            .toList()
                    : List.of();
            alive.forEach(outcome::seen);
            if (over) {
                return;
            }
            if (found.succeeded() && alive.isEmpty()) {
                over = true;
                outcome.failed(ending == null ? new IllegalStateException() : ending.cause());
            } else {
                timers.after(RETRY, this::confirm);
            }
        });
    }
}
