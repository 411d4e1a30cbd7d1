package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.OutputSink;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Has one script's log read: live while it runs, and the rest of it once it has ended. Lives on the plugin's context. */
final class LogFollower {

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration TICK = Duration.ofMillis(100);
    /** How long after a Pod's end its log may stay silent before it is read anew. */
    private static final Duration STRAGGLER = Duration.ofSeconds(5);

    private final LogSlots slots;
    private final RunTimers timers;
    private final LogReader log;
    private boolean following;
    private boolean podEnded;

    LogFollower(ClusterApi api, LogSlots slots, RunTimers timers, UUID run, OutputSink sink) {
        this.slots = slots;
        this.timers = timers;
        this.log = new LogReader(api, run, sink);
    }

    LogDemux printed() {
        return log.demux();
    }

    /** From its return on nothing reaches the sink from here. */
    void detach() {
        log.detach();
    }

    /** All has been read: what is held is passed on too. */
    void finish() {
        log.finish();
    }

    /** Passes on what is printed as it is printed, until {@link #readRest} is called. */
    void follow(String pod) {
        if (following || podEnded) {
            return;
        }
        following = true;
        slots.follow(() -> log.read(pod, true), () -> !timers.isStopped() && !podEnded)
                .onComplete(end -> {
                    following = false;
                    // A node may end it when the log is rotated, and a connection may break.
                    if (!podEnded && log.demux().end().isEmpty()) {
                        timers.after(RETRY, () -> follow(pod));
                    }
                });
    }

    /** The Pod has ended. Completes when all of its log is read that can be had. */
    Future<Void> readRest(String pod, BooleanSupplier podIsGone) {
        podEnded = true;
        Promise<Void> whole = Promise.promise();
        readRest(pod, podIsGone, whole);
        return whole.future();
    }

    // What is being followed ends by itself soon after the Pod; only if it stays silent is the log read anew.
    private void readRest(String pod, BooleanSupplier podIsGone, Promise<Void> whole) {
        if (following) {
            long seen = log.passed();
            timers.after(TICK, () -> awaitFollowed(pod, podIsGone, whole, seen, 1));
        } else if (log.demux().end().isPresent()) {
            whole.complete();
        } else {
            following = true;
            slots.read(() -> log.read(pod, false)).onComplete(end -> {
                following = false;
                if (end.failed() && !podIsGone.getAsBoolean() && !ApiFault.isRefusal(end.cause())) {
                    timers.after(RETRY, () -> readRest(pod, podIsGone, whole));
                } else {
                    whole.complete();
                }
            });
        }
    }

    private void awaitFollowed(String pod, BooleanSupplier podIsGone, Promise<Void> whole, long seen, int round) {
        long now = log.passed();
        if (!following) {
            readRest(pod, podIsGone, whole);
            return;
        }
        boolean silent = now == seen && TICK.multipliedBy(round).compareTo(STRAGGLER) >= 0;
        if (silent) {
            log.interrupt();
        }
        int next = now == seen && !silent ? round + 1 : 1;
        timers.after(TICK, () -> awaitFollowed(pod, podIsGone, whole, now, next));
    }
}
