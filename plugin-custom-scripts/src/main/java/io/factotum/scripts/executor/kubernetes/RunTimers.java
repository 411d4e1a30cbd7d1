package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The timers of one run: none fires after its end. Lives on the plugin's context. */
final class RunTimers {

    private final Vertx vertx;
    private final Set<Long> pending = new HashSet<>(4);
    private boolean stopped;

    RunTimers(Vertx vertx) {
        this.vertx = vertx;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Does something later, if the run is not over then. Tells by what it can be canceled. */
    long after(Duration delay, Runnable action) {
        if (stopped) {
            return -1;
        }
        long timer = vertx.setTimer(Math.max(1, delay.toMillis()), fired -> {
            pending.remove(fired);
            if (!stopped) {
                action.run();
            }
        });
        pending.add(timer);
        return timer;
    }

    void cancel(long timer) {
        if (pending.remove(timer)) {
            vertx.cancelTimer(timer);
        }
    }

    void stop() {
        stopped = true;
        pending.forEach(vertx::cancelTimer);
        pending.clear();
    }
}
