package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.RunTry;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Asks for a run's Pods, whatever the watch says: once, or, if its Job has ended, until they have. */
final class PodLook {

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration STRAGGLER = Duration.ofSeconds(5);

    private final ClusterApi api;
    private final RunTimers timers;
    private final RunTry run;
    private final BooleanSupplier podHasEnded;
    private final BooleanSupplier jobHasEnded;

    PodLook(ClusterApi api, RunTimers timers, RunTry run, BooleanSupplier podHasEnded, BooleanSupplier jobHasEnded) {
        this.api = api;
        this.timers = timers;
        this.run = run;
        this.podHasEnded = podHasEnded;
        this.jobHasEnded = jobHasEnded;
    }

    /** Tells of each Pod that is there, or, of an ended Job, that none is left. */
    void look(Consumer<PodSight> seen, Runnable noneLeft) {
        if (isOver()) {
            return;
        }
        api.podsOf(run).onComplete(found -> {
            if (isOver()) {
                return;
            }
            if (found.failed()) {
                timers.after(RETRY, () -> look(seen, noneLeft));
                return;
            }
            List<PodSight> pods = found.result();
            pods.forEach(seen);
            if (jobHasEnded.getAsBoolean() && pods.isEmpty()) {
                noneLeft.run();
            } else if (jobHasEnded.getAsBoolean() && !isOver()) {
                timers.after(STRAGGLER, () -> look(seen, noneLeft));
            }
        });
    }

    private boolean isOver() {
        return timers.isStopped() || podHasEnded.getAsBoolean();
    }
}
