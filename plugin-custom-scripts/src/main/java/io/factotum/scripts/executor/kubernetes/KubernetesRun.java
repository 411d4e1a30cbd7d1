package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Job from its release, or from where it was found, to its end. Lives on the plugin's context. */
final class KubernetesRun implements Execution, Launch.Outcome {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesRun.class);

    /** How long after a Job's end its Pod's may be yet to come. */
    private static final Duration STRAGGLER = Duration.ofSeconds(5);

    private final ClusterApi api;
    private final KubernetesSettings.Times times;
    private final RunTry id;
    private final String uid;
    private final Permission permission;
    private final RunTimers timers;
    private final Launch launch;
    private final LogFollower log;
    private final Sightings seen;
    private final PodLook podLook;
    private final Promise<Execution> begun = Promise.promise();
    private final Promise<Exit> exit = Promise.promise();
    private Instant startedAt = Instant.now();
    private Exit.@Nullable Reason stopReason;
    private boolean hasBegun;
    private boolean ending;
    private boolean podIsGone;
    private boolean nodeIsLost;

    KubernetesRun(
            RunTimers timers,
            ClusterApi api,
            KubernetesSettings.Times times,
            LogSlots slots,
            RunSpec spec,
            String uid,
            Permission permission,
            OutputSink sink) {
        this.timers = timers;
        this.api = api;
        this.times = times;
        this.id = spec.runTry();
        this.uid = uid;
        this.permission = permission;
        this.launch = new Launch(api, timers, times, id, uid, this);
        this.seen = new Sightings(uid);
        this.podLook = new PodLook(api, timers, id, () -> ending, seen::jobHasEnded);
        this.log = new LogFollower(api, slots, timers, id.run(), sink);
        permission.withdrawn().onSuccess(why -> api.http().onContext(() -> withdraw(why)));
    }

    RunTry id() {
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
        launch.release();
    }

    /** What has not begun is not to begin any more. {@link #begun()} then fails with this, unless it does so meanwhile. */
    void withdraw(Throwable why) {
        if (!isOver() && !hasBegun) {
            stopReason = Exit.Reason.CANCELED;
            launch.withdraw(why);
        }
    }

    @Override
    public Future<Void> stop(Exit.Reason reason, Duration grace) {
        if (isOver() || ending) {
            return Future.succeededFuture();
        }
        stopReason = reason;
        return api.stop(JobRecipe.name(id), reason);
    }

    /** Stops listening. What runs goes on. */
    void abandon() {
        timers.stop();
        log.detach();
    }

    private boolean isOver() {
        return timers.isStopped();
    }

    void seen(JobSight sight) {
        if (!isOver() && seen.showsEnd(sight) && !ending) {
            // The Pod's own end may be yet to come.
            timers.after(STRAGGLER, this::lookAtPods);
        }
    }

    @Override
    public void seen(PodSight sight) {
        if (isOver()) {
            return;
        }
        boolean another = seen.isAnother(sight);
        if (another && hasBegun) {
            suppress(sight);
            return;
        }
        if (!seen.isNews(sight)) {
            return;
        }
        podIsGone &= !another;
        if (sight.begun()) {
            begin(sight);
        }
        if (!hasBegun) {
            launch.seen(sight);
        }
        if (sight.over()) {
            podOver(sight);
        } else if (sight.deleting() && hasBegun) {
            expectTheEnd(sight);
        }
    }

    void podGone(String podUid) {
        if (isOver() || !seen.isPod(podUid)) {
            return;
        }
        podIsGone = true;
        if (hasBegun) {
            podOver(seen.pod());
        } else {
            launch.podGone();
        }
    }

    void jobGone(String jobUid) {
        if (isOver() || !jobUid.equals(uid)) {
            return;
        }
        if (launch.isEnding()) {
            launch.podGone();
        } else if (!hasBegun) {
            failed(Launch.lost("Its Job was deleted from outside before it was seen to begin."));
        } else if (!ending) {
            // Its Pod goes too, and is given the time to end in peace.
            timers.after(times.grace().plus(STRAGGLER), () -> podOver(seen.pod()));
        }
    }

    /**
     * What a look at all showed: what it does not hold twice in a row is gone.
     *
     * @return whether something is not there, and has to be looked for once more
     */
    boolean isMissed(Set<String> uids) {
        boolean podAwaited = hasBegun && !ending;
        boolean missing = !isOver() && seen.isMissing(uids, podAwaited);
        if (!seen.isMissedTwice(missing)) {
            return missing;
        }
        if (!uids.contains(uid)) {
            jobGone(uid);
        }
        PodSight pod = seen.pod();
        if (pod != null && seen.isPodMissing(uids, podAwaited)) {
            podGone(pod.uid());
        }
        return false;
    }

    private void begin(PodSight sight) {
        if (!hasBegun) {
            hasBegun = true;
            launch.begun();
            startedAt = sight.startedAt() == null ? startedAt : sight.startedAt();
            Future<Void> leave = permission.isGranted() ? permission.ask() : permission.askToFollow();
            leave.onSuccess(v -> begun.tryComplete(this)).onFailure(refusal -> {
                abandon();
                begun.tryFail(refusal);
            });
        }
        if (!sight.over()) {
            log.follow(sight.name());
        }
    }

    // Only an old cluster puts a Pod in the place of one that was deleted; it must not come to run the script again.
    private void suppress(PodSight second) {
        LOG.warn("A second Pod was made for run={} pod={}: ending its Job", id, second.name());
        api.stop(JobRecipe.name(id), Exit.Reason.ENGINE_FAULT)
                .onFailure(cause -> LOG.warn("Cannot end the Job of run={}: {}", id, ApiFault.words(cause)));
    }

    // A node that is lost never says that a Pod has ended, and the Pod stays as long as nobody takes the node away.
    private void expectTheEnd(PodSight sight) {
        timers.after(times.grace().plus(times.nodeSilence()), () -> {
            if (!ending) {
                nodeIsLost = true;
                podIsGone = true;
                podOver(sight);
            }
        });
    }

    /** Asks for the Pods, whatever the watch says. */
    void lookAtPods() {
        podLook.look(this::seen, this::nothingLeft);
    }

    private void nothingLeft() {
        podIsGone = true;
        if (hasBegun) {
            podOver(seen.pod());
        } else if (launch.isEnding()) {
            launch.podGone();
        } else if (seen.stoppedByUs()) {
            finish(PodExit.of(null, seen.job(), log.printed().end(), stopReason, null, startedAt));
        } else {
            failed(Launch.lost("Its Job has ended and its Pod is gone, and its output with it."));
        }
    }

    private void podOver(@Nullable PodSight last) {
        if (ending || isOver()) {
            return;
        }
        if (!hasBegun && launch.isEnding()) {
            launch.podGone();
            return;
        }
        ending = true;
        if (last == null) {
            conclude();
        } else {
            log.readRest(last.name(), () -> podIsGone).onComplete(read -> conclude());
        }
    }

    private void conclude() {
        if (isOver()) {
            return;
        }
        log.finish();
        String fault = nodeIsLost ? PodExit.NODE_LOST : launch.givenUp();
        finish(PodExit.of(seen.pod(), seen.job(), log.printed(), stopReason, fault, startedAt));
    }

    private void finish(Exit end) {
        timers.stop();
        begun.tryComplete(this);
        exit.tryComplete(end);
    }

    @Override
    public void jobGone() {
        jobGone(uid);
    }

    @Override
    public void refused(String why) {
        finish(PodExit.refused(PodExit.CLUSTER_FAULT_CODE, why));
    }

    @Override
    public void failed(Throwable cause) {
        abandon();
        begun.tryFail(cause);
        exit.tryFail(cause);
    }
}
