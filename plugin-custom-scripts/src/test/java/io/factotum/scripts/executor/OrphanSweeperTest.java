package io.factotum.scripts.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.factotum.api.store.RunStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OrphanSweeperTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration GRACE = Duration.ofMinutes(10);

    private final Vertx vertx = Vertx.vertx();
    private final Shelf shelf = new Shelf();
    private final Unfinished runs = new Unfinished();
    private final OrphanSweeper sweeper =
            new OrphanSweeper(vertx, shelf, runs, Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofMillis(20), GRACE);

    @AfterEach
    void close() throws Exception {
        await(sweeper.stop());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void whatNoUnfinishedRunOwnsIsRemoved() throws Exception {
        RunTry orphan = shelf.put(NOW.minus(GRACE).minusSeconds(1));
        RunTry owned = shelf.put(NOW.minus(GRACE).minusSeconds(1));
        runs.ids.add(owned.run());
        await(sweeper.sweep());
        assertThat(shelf.removed).containsExactly(orphan);
    }

    @Test
    void ofARunUnderWayOnlyTheLatestTryIsKept() throws Exception {
        RunTry first = shelf.put(NOW.minus(GRACE).minusSeconds(2));
        RunTry second = new RunTry(first.run(), 2);
        shelf.leftovers.add(new Leftover(second, NOW.minus(GRACE).minusSeconds(1)));
        runs.ids.add(first.run());
        await(sweeper.sweep());
        assertThat(shelf.removed).containsExactly(first);

        runs.ids.clear();
        await(sweeper.sweep());
        assertThat(shelf.removed).containsExactly(first, second);
    }

    @Test
    void whatIsYoungerThanTheGraceIsLeftAlone() throws Exception {
        shelf.put(NOW.minus(GRACE).plusSeconds(1));
        await(sweeper.sweep());
        assertThat(shelf.removed).isEmpty();
        assertThat(runs.asked).isZero();
    }

    @Test
    void oneThatCannotBeRemovedDoesNotKeepTheOthers() throws Exception {
        RunTry stuck = shelf.put(NOW.minus(GRACE).minusSeconds(9));
        RunTry next = shelf.put(NOW.minus(GRACE).minusSeconds(9));
        shelf.stuck.add(stuck);
        await(sweeper.sweep());
        assertThat(shelf.removed).containsExactly(next);
    }

    @Test
    void nothingIsRemovedWhileTheStoreCannotBeAsked() throws Exception {
        shelf.put(NOW.minus(GRACE).minusSeconds(1));
        runs.failing = true;
        assertThatThrownBy(() -> await(sweeper.sweep())).hasMessageContaining("no connection");
        assertThat(shelf.removed).isEmpty();
    }

    @Test
    void startedItSweepsAgainAndAgain() throws Exception {
        RunTry first = shelf.put(NOW.minus(GRACE).minusSeconds(1));
        Future<RunTry> sweptFirst = shelf.removal(first);
        sweeper.start();
        assertThat(await(sweptFirst)).isEqualTo(first);
        RunTry second = shelf.put(NOW.minus(GRACE).minusSeconds(1));
        assertThat(await(shelf.removal(second))).isEqualTo(second);
    }

    /** Leftovers without anything behind them. */
    private static final class Shelf implements Executor {

        private final List<Leftover> leftovers = new CopyOnWriteArrayList<>();
        private final List<RunTry> removed = new ArrayList<>();
        private final Set<RunTry> stuck = new HashSet<>();
        private final List<Promise<RunTry>> removals = new CopyOnWriteArrayList<>();
        private final List<RunTry> awaited = new CopyOnWriteArrayList<>();

        RunTry put(Instant createdAt) {
            RunTry runTry = RunTry.first(UUID.randomUUID());
            leftovers.add(new Leftover(runTry, createdAt));
            return runTry;
        }

        synchronized Future<RunTry> removal(RunTry runTry) {
            Promise<RunTry> promise = Promise.promise();
            awaited.add(runTry);
            removals.add(promise);
            if (removed.contains(runTry)) {
                promise.complete(runTry);
            }
            return promise.future();
        }

        @Override
        public synchronized Future<Void> remove(RunTry runTry) {
            if (stuck.contains(runTry)) {
                return Future.failedFuture("busy");
            }
            leftovers.removeIf(leftover -> leftover.runTry().equals(runTry));
            removed.add(runTry);
            int index = awaited.indexOf(runTry);
            if (index >= 0) {
                removals.get(index).tryComplete(runTry);
            }
            return Future.succeededFuture();
        }

        @Override
        public Future<List<Leftover>> list() {
            return Future.succeededFuture(List.copyOf(leftovers));
        }

        @Override
        public String name() {
            return "shelf";
        }

        @Override
        public String reference(RunTry runTry) {
            return runTry.name();
        }

        @Override
        public Future<Void> check() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink) {
            return Future.failedFuture("a shelf runs nothing");
        }

        @Override
        public Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink) {
            return Future.succeededFuture(Optional.empty());
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    /** Knows which runs are not finished, and no more. */
    private static final class Unfinished implements RunStore {

        private final Set<UUID> ids = new HashSet<>();
        private boolean failing;
        private int asked;

        @Override
        public Future<Set<UUID>> unfinished(Collection<UUID> runIds) {
            asked++;
            return failing
                    ? Future.failedFuture("no connection")
                    : Future.succeededFuture(
                            runIds.stream().filter(ids::contains).collect(Collectors.toSet()));
        }

        @Override
        public Future<Void> begin(LifecycleEvent event, String executor, String reference) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Optional<String>> reference(UUID runId) {
            return Future.succeededFuture(Optional.empty());
        }

        @Override
        public Future<Void> saveOutput(UUID runId, OutputUpdate update) {
            return Future.succeededFuture();
        }

        @Override
        public Future<List<OutputSpan>> storedOutput(UUID runId) {
            return Future.succeededFuture(List.of());
        }
    }
}
