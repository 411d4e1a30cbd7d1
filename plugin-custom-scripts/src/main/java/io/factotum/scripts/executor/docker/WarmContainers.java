package io.factotum.scripts.executor.docker;

import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers that are made, hardened and started before there is a run for them. Each waits for one script, is used once at
 * most, and is removed like any other. Off the path of runs they are made again, one after the other.
 */
final class WarmContainers {

    private static final Logger LOG = LoggerFactory.getLogger(WarmContainers.class);

    /** A short script and its commit should not have to share the machine with the making of the next container. */
    private static final Duration REFILL_DELAY = Duration.ofMillis(150);

    private static final Duration OFTEN = Duration.ofMinutes(1);
    private static final Duration SELDOM = Duration.ofHours(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final WarmMaker maker;
    private final Sandboxes sandboxes;
    private final WarmShelf shelf;
    private final Clock clock;
    private final AtomicBoolean filling = new AtomicBoolean();
    private final AtomicBoolean fillAgain = new AtomicBoolean();
    private final boolean wanted;
    private final long rounds;
    private volatile Future<Void> filled = Future.succeededFuture();
    private volatile boolean closed;

    WarmContainers(Vertx vertx, WarmMaker maker, Sandboxes sandboxes, WarmSettings settings, Clock clock) {
        this.vertx = vertx;
        this.maker = maker;
        this.sandboxes = sandboxes;
        this.shelf = new WarmShelf(settings);
        this.clock = clock;
        this.wanted = settings.areWanted();
        this.rounds = vertx.setPeriodic(between(settings).toMillis(), id -> look());
    }

    // Where none are wanted, some may be left of a time when they were.
    private static Duration between(WarmSettings settings) {
        if (!settings.areWanted()) {
            return SELDOM;
        }
        Duration quarter = settings.maximumAge().dividedBy(4);
        return quarter.compareTo(OFTEN) < 0 ? quarter : OFTEN;
    }

    /** Counts a run, from before its container is made or taken until it has ended. */
    void runBegins() {
        shelf.runBegins();
    }

    void runEnds() {
        shelf.runEnds();
        fillSoon();
    }

    /** One for this run, if there is one that it can have. */
    Optional<WarmContainer> take(RunSpec spec) {
        if (closed) {
            return Optional.empty();
        }
        Optional<WarmContainer> found = shelf.take(WarmKind.of(spec), sandboxes.nameFor(spec), clock.instant());
        fillSoon();
        return found;
    }

    /** Gives back what was taken and is as it was. */
    void putBack(RunSpec spec, WarmContainer untouched) {
        if (closed) {
            discard(untouched);
        } else {
            shelf.putBack(WarmKind.of(spec), untouched, clock.instant());
        }
    }

    /** Removes one that has begun nothing. */
    Future<Void> discard(WarmContainer warm) {
        return maker.remove(warm)
                .onFailure(
                        cause -> LOG.warn("Cannot remove warm container={}: {}", warm.name(), EngineFault.words(cause)))
                .otherwiseEmpty();
    }

    /** Completes when there is room for a container that is made for a run. */
    Future<Void> makeRoom() {
        return shelf.makeRoom()
                .map(evicted -> discard(evicted).compose(v -> makeRoom()))
                .orElse(Future.succeededFuture());
    }

    private void fillSoon() {
        if (wanted && !closed) {
            vertx.setTimer(REFILL_DELAY.toMillis(), id -> fill());
        }
    }

    // One at a time: who comes meanwhile has it looked again.
    private void fill() {
        fillAgain.set(true);
        if (!filling.compareAndSet(false, true)) {
            return;
        }
        fillAgain.set(false);
        filled = fillOne().eventually(() -> {
            filling.set(false);
            if (fillAgain.get()) {
                fill();
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> fillOne() {
        Optional<WarmKind> next = closed ? Optional.empty() : shelf.claim();
        return next.isEmpty() ? Future.succeededFuture() : make(next.get()).compose(v -> fillOne());
    }

    private Future<Void> make(WarmKind kind) {
        return maker.make(kind, clock)
                .recover(cause -> {
                    LOG.warn("Cannot make a warm container of image={}: {}", kind.image(), EngineFault.words(cause));
                    shelf.notMade(kind);
                    return Future.failedFuture(cause);
                })
                .compose(warm -> takeIn(kind, warm))
                .otherwiseEmpty();
    }

    private Future<Void> takeIn(WarmKind kind, WarmContainer warm) {
        if (closed) {
            return discard(warm);
        }
        warm.attachment().stream().ended().onComplete(end -> {
            if (shelf.drop(warm)) {
                LOG.info("A warm container has ended before a run took it container={}", warm.name());
                discard(warm);
                fillSoon();
            }
        });
        return Future.join(shelf.made(kind, warm).stream().map(this::discard).toList())
                .mapEmpty();
    }

    private void look() {
        round().onFailure(cause -> LOG.warn("Cannot sweep warm containers: {}", EngineFault.words(cause)));
    }

    /** Renews those that are too old, and removes those that nobody wants or that a host has left. */
    Future<Void> round() {
        shelf.outdated(clock.instant()).forEach(this::discard);
        fill();
        return maker.sweep(clock.instant());
    }

    /** Completes when no more is being made for now. */
    Future<Void> filled() {
        return filled;
    }

    /** Removes those that wait. */
    Future<Void> close() {
        closed = true;
        vertx.cancelTimer(rounds);
        return filled.timeout(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty()
                .compose(v -> Future.join(
                                shelf.clear().stream().map(this::discard).toList())
                        .timeout(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS))
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }
}
