package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Job from its release, or from where it was found, to its end. All state is on one context. */
final class KubernetesRun implements Execution {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesRun.class);

    private static final Duration RETRY = Duration.ofSeconds(2);
    /** How long after a Pod's end its log may stay silent before it is read anew. */
    private static final Duration STRAGGLER = Duration.ofSeconds(5);
    /** How long a Job may have no Pod before its events are asked why; doubled each time. */
    private static final Duration WITHOUT_POD = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final ClusterApi api;
    private final KubernetesSettings.Times times;
    private final LogSlots slots;
    private final UUID id;
    private final String name;
    private final String uid;
    private final Permission permission;
    private final LogReader log;
    private final Promise<Execution> begun = Promise.promise();
    private final Promise<Exit> exit = Promise.promise();
    private final List<Long> timers = new ArrayList<>();
    private Instant startedAt = Instant.now();
    private @Nullable PodSight pod;
    private @Nullable JobSight job;
    private Exit.@Nullable Reason stopReason;
    private PendingPod.@Nullable Fault fault;
    private boolean hasBegun;
    private boolean following;
    private boolean ending;
    private boolean podIsGone;
    private boolean settling;
    private boolean over;
    private long unschedulableTimer = -1;
    private long missedSince;

    KubernetesRun(
            Vertx vertx,
            ClusterApi api,
            KubernetesSettings.Times times,
            LogSlots slots,
            RunSpec spec,
            String uid,
            Permission permission,
            OutputSink sink) {
        this.vertx = vertx;
        this.api = api;
        this.times = times;
        this.slots = slots;
        this.id = spec.runId();
        this.name = JobRecipe.name(spec.runId());
        this.uid = uid;
        this.permission = permission;
        this.log = new LogReader(api, spec.runId(), sink);
    }

    UUID id() {
        return id;
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public Future<Exit> exit() {
        return exit.future();
    }

    /** Completes when the script has begun. */
    Future<Execution> begun() {
        return begun.future();
    }

    /** Lets a Job run whose Secret is there. What it comes to is told by {@link #begun()}. */
    void release() {
        after(times.pending(), () -> {
            if (!hasBegun) {
                giveUp(PendingPod.tooLong(pendingWords()));
            }
        });
        after(WITHOUT_POD, () -> lookForPod(WITHOUT_POD));
        tryRelease();
    }

    // Asked again until the server answers: to release twice is to release once.
    private void tryRelease() {
        api.release(name).onFailure(cause -> {
            if (over || hasBegun) {
                return;
            }
            if (ApiFault.status(cause) == 404) {
                jobGone(uid);
            } else if (ApiFault.isRefusal(cause)) {
                giveUp(new PendingPod.Fault(false, "job_refused", ApiFault.words(cause)));
            } else {
                after(RETRY, this::tryRelease);
            }
        });
    }

    @Override
    public Future<Void> stop(Exit.Reason reason, Duration grace) {
        if (over || podEnded()) {
            return Future.succeededFuture();
        }
        stopReason = reason;
        return api.stop(name, reason);
    }

    /** Stops listening. What runs goes on. */
    void abandon() {
        quit();
        log.detach();
    }

    void seen(JobSight sight) {
        if (over || !sight.uid().equals(uid)) {
            return;
        }
        job = sight;
        if (sight.finished() && !podEnded()) {
            // The two are told of independently: the Pod's own end may be yet to come.
            after(STRAGGLER, this::lookAtPods);
        }
    }

    void seen(PodSight sight) {
        if (over) {
            return;
        }
        PodSight before = pod;
        if (before != null && !before.uid().equals(sight.uid())) {
            if (hasBegun) {
                suppress(sight);
                return;
            }
            podIsGone = false;
        }
        if (before != null
                && before.end() != null
                && sight.end() == null
                && before.uid().equals(sight.uid())) {
            return;
        }
        pod = sight;
        if (sight.begun()) {
            begin(sight);
        }
        if (sight.over()) {
            podOver(sight);
        } else if (!hasBegun && fault == null) {
            PendingPod.of(sight).ifPresentOrElse(this::giveUp, () -> watchScheduling(sight));
        }
    }

    void podGone(String podUid) {
        if (over || pod == null || !pod.uid().equals(podUid)) {
            return;
        }
        podIsGone = true;
        if (fault != null && !hasBegun) {
            settle();
        } else if (hasBegun) {
            podOver(pod);
        }
    }

    void jobGone(String jobUid) {
        if (over || !jobUid.equals(uid) || settling) {
            return;
        }
        if (!hasBegun) {
            lost("Its Job was deleted from outside before it was seen to begin.");
        } else if (!podEnded()) {
            // Its Pod goes too, and is given the time to end in peace.
            after(times.grace().plus(STRAGGLER), () -> podOver(pod));
        }
    }

    /** What a look at all showed: what it does not hold twice in a row is gone. */
    void stillThere(Set<String> uids) {
        PodSight known = pod;
        boolean podMissing = known != null && hasBegun && !podEnded() && !uids.contains(known.uid());
        if (over || (uids.contains(uid) && !podMissing)) {
            missedSince = 0;
        } else if (++missedSince > 1) {
            if (!uids.contains(uid)) {
                jobGone(uid);
            }
            if (known != null && podMissing) {
                podGone(known.uid());
            }
        }
    }

    private void begin(PodSight sight) {
        if (!hasBegun) {
            hasBegun = true;
            startedAt = sight.startedAt() == null ? startedAt : sight.startedAt();
            vertx.cancelTimer(unschedulableTimer);
            Future<Void> leave = permission.isGranted() ? permission.ask() : permission.askToFollow();
            leave.onSuccess(v -> begun.tryComplete(this)).onFailure(refusal -> {
                abandon();
                begun.tryFail(refusal);
            });
        }
        if (!following && !sight.over()) {
            following = true;
            slots.follow(() -> log.read(sight.name(), true), () -> !over && !podEnded())
                    .onComplete(end -> followed());
        }
    }

    // A node may end it when the log is rotated, and a connection may break.
    private void followed() {
        following = false;
        if (!over && !podEnded() && log.demux().end().isEmpty()) {
            after(RETRY, () -> {
                if (pod != null && !podEnded() && !podIsGone) {
                    begin(pod);
                }
            });
        }
    }

    // Only an old cluster puts a Pod in the place of one that was deleted; it must not come to run the script again.
    private void suppress(PodSight second) {
        LOG.warn("A second Pod was made for run={} pod={}: ending its Job", id, second.name());
        api.stop(name, Exit.Reason.ENGINE_FAULT)
                .onFailure(cause -> LOG.warn("Cannot end Job={}: {}", name, ApiFault.words(cause)));
    }

    private void watchScheduling(PodSight sight) {
        if (sight.unschedulable() == null) {
            vertx.cancelTimer(unschedulableTimer);
            unschedulableTimer = -1;
        } else if (unschedulableTimer < 0) {
            unschedulableTimer = after(times.unschedulable(), () -> {
                if (pod != null && pod.unschedulable() != null) {
                    giveUp(PendingPod.unschedulable(pod.unschedulable()));
                }
            });
        }
    }

    private void lookForPod(Duration patience) {
        if (pod == null && !hasBegun && fault == null) {
            api.event(uid, "FailedCreate")
                    .map(PendingPod::notCreated)
                    .onSuccess(found -> found.ifPresent(this::giveUp));
            after(patience, () -> lookForPod(patience.multipliedBy(2)));
        }
    }

    private String pendingWords() {
        if (pod == null) {
            return "the Job has no Pod yet";
        }
        PodSight.Waiting waiting = pod.waiting();
        return pod.unschedulable() != null
                ? pod.unschedulable()
                : waiting != null ? waiting.reason() + ": " + waiting.message() : "its Pod is being made";
    }

    /** Ends what has not begun. Only when nothing can begin any more is it said that it never did. */
    private void giveUp(PendingPod.Fault why) {
        if (over || hasBegun || fault != null) {
            return;
        }
        fault = why;
        LOG.info("Giving up run={} job={}: {}", id, name, why.message());
        tryToEnd(why);
    }

    private void tryToEnd(PendingPod.Fault why) {
        api.stop(name, Exit.Reason.ENGINE_FAULT)
                .onSuccess(v -> {
                    if (pod == null || podIsGone) {
                        after(STRAGGLER, this::lookAtPods);
                    } else {
                        after(times.grace().plus(STRAGGLER), this::lookAtPods);
                    }
                })
                .onFailure(cause -> after(RETRY, () -> tryToEnd(why)));
    }

    private void lookAtPods() {
        if (over || podEnded()) {
            return;
        }
        api.podsOf(id).onComplete(found -> {
            if (over || podEnded()) {
                return;
            }
            if (found.failed()) {
                after(RETRY, this::lookAtPods);
                return;
            }
            List<PodSight> pods = found.result().stream().map(PodSight::of).toList();
            pods.forEach(this::seen);
            if (pods.isEmpty()) {
                nothingLeft();
            } else if (!podEnded()) {
                after(STRAGGLER, this::lookAtPods);
            }
        });
    }

    private void nothingLeft() {
        podIsGone = true;
        if (hasBegun) {
            podOver(pod);
        } else if (fault != null) {
            settle();
        } else if (job != null && job.stopReason() != null) {
            finish(PodExit.of(null, job, log.demux().end(), stopReason, null, startedAt));
        } else {
            lost("Its Job has ended and its Pod is gone, and its output with it.");
        }
    }

    private void settle() {
        PendingPod.Fault why = fault;
        if (settling || why == null) {
            return;
        }
        settling = true;
        if (!why.mayWorkLater()) {
            finish(PodExit.refused(PodExit.CLUSTER_FAULT_CODE, why.message()));
            return;
        }
        api.delete(name, uid)
                .onSuccess(v -> neverBegun(
                        new NeverBegunException(why.code(), why.message(), new IllegalStateException(why.message()))))
                .onFailure(cause -> after(RETRY, () -> {
                    settling = false;
                    settle();
                }));
    }

    private boolean podEnded() {
        return ending;
    }

    private void podOver(@Nullable PodSight last) {
        if (ending || over) {
            return;
        }
        if (!hasBegun && fault != null) {
            settle();
            return;
        }
        ending = true;
        if (last == null) {
            conclude();
        } else {
            readRest(last, log.passed());
        }
    }

    // What is being followed ends by itself soon after the Pod; only if it stays silent is the log read anew.
    private void readRest(PodSight last, long seenBytes) {
        if (over) {
            return;
        }
        if (log.demux().end().isPresent() && !following) {
            conclude();
        } else if (!following) {
            following = true;
            slots.read(() -> log.read(last.name(), false)).onComplete(end -> {
                following = false;
                if (end.failed() && !podIsGone && !ApiFault.isRefusal(end.cause())) {
                    after(RETRY, () -> readRest(last, log.passed()));
                } else {
                    conclude();
                }
            });
        } else {
            after(Duration.ofMillis(100), () -> awaitFollowed(last, seenBytes, 1));
        }
    }

    private void awaitFollowed(PodSight last, long seenBytes, int round) {
        long now = log.passed();
        if (!following) {
            readRest(last, now);
        } else if (now != seenBytes) {
            after(Duration.ofMillis(100), () -> awaitFollowed(last, now, 1));
        } else if (round * 100L < STRAGGLER.toMillis()) {
            after(Duration.ofMillis(100), () -> awaitFollowed(last, seenBytes, round + 1));
        } else {
            log.interrupt();
            after(Duration.ofMillis(100), () -> awaitFollowed(last, seenBytes, 1));
        }
    }

    private void conclude() {
        log.finish();
        LogDemux printed = log.demux();
        PodSight.End end = pod == null ? null : pod.end();
        if (end != null && !printed.hasBegun() && (end.code() == PodWrapper.UNUSABLE || PodSight.isStartError(end))) {
            String words = printed.wrapperWords().isEmpty() ? end.message() : printed.wrapperWords();
            finish(PodExit.refused(end.code(), words));
            return;
        }
        if (!printed.hasBegun() && !printed.wrapperWords().isEmpty()) {
            printed.headIsLost();
        }
        finish(PodExit.of(pod, job, printed.end(), stopReason, fault == null ? null : fault.message(), startedAt));
    }

    private void finish(Exit end) {
        quit();
        begun.tryComplete(this);
        exit.tryComplete(end);
    }

    private void lost(String why) {
        ExecutionLostException lost = new ExecutionLostException(
                "Cannot tell how the script ended: " + why + " Look at what the script made, then decide.");
        quit();
        log.detach();
        begun.tryFail(lost);
        exit.tryFail(lost);
    }

    private void neverBegun(NeverBegunException cause) {
        quit();
        begun.tryFail(cause);
        exit.tryFail(cause);
    }

    private void quit() {
        over = true;
        timers.forEach(vertx::cancelTimer);
        timers.clear();
    }

    private long after(Duration delay, Runnable action) {
        if (over) {
            return -1;
        }
        long timer = vertx.setTimer(delay.toMillis(), fired -> {
            timers.remove(fired);
            if (!over) {
                action.run();
            }
        });
        timers.add(timer);
        return timer;
    }
}
