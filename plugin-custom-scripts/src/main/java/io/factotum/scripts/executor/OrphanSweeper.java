package io.factotum.scripts.executor;

import io.factotum.api.store.RunStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes now and then what an executor still holds of runs whose result is stored, or that nobody knows, and of a run's
 * earlier tries: a later one is made only once the failure of those before it is stored.
 */
public final class OrphanSweeper {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweeper.class);

    private final Vertx vertx;
    private final Executor executor;
    private final RunStore runs;
    private final Clock clock;
    private final Duration interval;
    private final Duration grace;
    private @Nullable Long timer;
    private Future<Void> sweep = Future.succeededFuture();

    /** Leaves alone what is younger than the grace time: its run may be about to be stored, or about to remove it. */
    public OrphanSweeper(
            Vertx vertx, Executor executor, RunStore runs, Clock clock, Duration interval, Duration grace) {
        this.vertx = vertx;
        this.executor = executor;
        this.runs = runs;
        this.clock = clock;
        this.interval = interval;
        this.grace = grace;
    }

    /** Sweeps from now on, the first time at once. */
    public void start() {
        if (timer == null) {
            timer = vertx.setPeriodic(0, interval.toMillis(), id -> sweepUnlessSweeping());
        }
    }

    /** Sweeps no more. Completes when a sweep under way has ended. */
    public Future<Void> stop() {
        if (timer != null) {
            vertx.cancelTimer(timer);
            timer = null;
        }
        return sweep.otherwiseEmpty();
    }

    private void sweepUnlessSweeping() {
        if (sweep.isComplete()) {
            sweep = sweep().onFailure(
                            cause -> LOG.warn("Cannot sweep executor={}: {}", executor.name(), cause.getMessage()));
        }
    }

    /** Sweeps once. */
    Future<Void> sweep() {
        return executor.list().compose(this::removeOrphans);
    }

    private Future<Void> removeOrphans(List<Leftover> leftovers) {
        Instant youngest = clock.instant().minus(grace);
        List<RunTry> old = leftovers.stream()
                .filter(leftover -> leftover.createdAt().isBefore(youngest))
                .map(Leftover::runTry)
                .toList();
        Set<UUID> oldRuns = old.stream().map(RunTry::run).collect(Collectors.toSet());
        return old.isEmpty()
                ? Future.succeededFuture()
                : runs.unfinished(oldRuns)
                        .compose(unfinished -> remove(old.stream()
                                .filter(runTry -> !unfinished.contains(runTry.run()) || isFollowed(runTry, leftovers))
                                .toList()));
    }

    private static boolean isFollowed(RunTry runTry, List<Leftover> leftovers) {
        return leftovers.stream()
                .map(Leftover::runTry)
                .anyMatch(other -> other.run().equals(runTry.run()) && other.number() > runTry.number());
    }

    // One after the other: there is no hurry, and the engine has other work. One that cannot be removed now does not
    // keep the others.
    private Future<Void> remove(List<RunTry> orphans) {
        Future<Void> removed = Future.succeededFuture();
        for (RunTry runTry : orphans) {
            removed = removed.compose(v -> remove(runTry));
        }
        return removed;
    }

    private Future<Void> remove(RunTry runTry) {
        LOG.info("Removing what is left of run={} reference={}", runTry, executor.reference(runTry));
        return executor.remove(runTry)
                .onFailure(cause -> LOG.warn("Cannot remove what is left of run={}: {}", runTry, cause.getMessage()))
                .otherwiseEmpty();
    }
}
