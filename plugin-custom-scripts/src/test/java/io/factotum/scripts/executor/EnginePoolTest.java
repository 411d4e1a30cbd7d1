package io.factotum.scripts.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnginePoolTest {

    private final Vertx vertx = Vertx.vertx();
    private final PlayedEngine left = new PlayedEngine("left");
    private final PlayedEngine right = new PlayedEngine("right");
    private final Map<UUID, String> recorded = new HashMap<>();
    private final List<Integer> slots = new ArrayList<>();
    private final EnginePool pool = pool();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    private EnginePool pool() {
        return new EnginePool(
                vertx,
                List.of(new EnginePool.Engine("left", 3, left), new EnginePool.Engine("right", 2, right)),
                run -> Future.succeededFuture(Optional.ofNullable(recorded.get(run))),
                slots::add);
    }

    private RunTry start() {
        RunSpec spec = RunSpecs.shell("true");
        begin(spec);
        return spec.runTry();
    }

    private Future<Execution> begin(RunSpec spec) {
        return pool.start(spec, asking(), new RecordingSink());
    }

    private Future<Execution> begin() {
        return begin(RunSpecs.shell("true"));
    }

    private Future<Optional<Execution>> adopt(RunSpec spec) {
        return pool.adopt(spec, asking(), new RecordingSink());
    }

    private static Permission asking() {
        return new Permission(Future::succeededFuture);
    }

    @Test
    void runGoesWhereMostRoomIs() {
        List<RunTry> runs = List.of(start(), start(), start(), start(), start());
        assertThat(left.started).hasSize(3).doesNotContainAnyElementsOf(right.started);
        assertThat(right.started).hasSize(2);

        RunTry ended = right.started.get(0);
        right.scripts.get(ended).complete(new Exit(Exit.Reason.EXITED, 0, Instant.EPOCH, Instant.EPOCH, ""));
        assertThat(right.started).contains(start());
        assertThat(runs).hasSize(5);
        assertThat(slots).containsOnly(5);
    }

    @Test
    void referenceNamesTheEngine() {
        RunTry first = start();
        assertThat(pool.reference(first)).isEqualTo("left/left-" + first);
    }

    @Test
    void engineThatIsAwayGetsNoRunsUntilItAnswersAgain() {
        left.away = true;
        RunTry run = start();
        assertThat(right.started).containsExactly(run);
        assertThat(left.started).isEmpty();
        assertThat(slots).containsExactly(5, 2);
        assertThat(right.started).contains(start());

        left.away = false;
        pool.check();
        assertThat(slots).endsWith(5);
        assertThat(left.started).contains(start());
    }

    @Test
    void runThatIsOnRecordAsBegunIsNotTriedElsewhere() {
        left.awayAfterPermission = true;
        Future<Execution> begun = begin();
        assertThat(begun.cause()).isInstanceOf(NeverBegunException.class);
        assertThat(right.started).isEmpty();
    }

    @Test
    void whileAllAreAwayRunsSayWhyTheyDoNotBegin() {
        left.away = true;
        right.away = true;
        Future<Execution> begun = begin();
        assertThat(begun.cause()).hasMessageContaining("right is away");
        assertThat(slots).endsWith(5);
        assertThat(pool.check().cause()).hasMessage("left is away right is away");
    }

    @Test
    void imageThatCannotBePulledIsNoReasonToTryAnother() {
        left.failure = new NeverBegunException("image_unavailable", "no such image", new IllegalStateException());
        assertThat(begin().cause()).hasMessage("no such image");
        assertThat(right.started).isEmpty();
        assertThat(slots).containsOnly(5);
    }

    @Test
    void runIsAdoptedFromTheEngineOnRecord() {
        RunSpec spec = RunSpecs.shell("true");
        RunTry run = spec.runTry();
        recorded.put(run.run(), "right/right-" + run);
        assertThat(adopt(spec).result()).isPresent();
        assertThat(right.adopted).containsExactly(run);
        assertThat(left.adopted).isEmpty();
        assertThat(pool.reference(run)).isEqualTo("right/right-" + run);
        pool.remove(run);
        assertThat(right.removed).containsExactly(run);
        assertThat(left.removed).isEmpty();
    }

    @Test
    void runOfAnEngineThatIsConfiguredNoMoreIsToldAsLost() {
        RunSpec spec = RunSpecs.shell("true");
        recorded.put(spec.runTry().run(), "middle/x");
        assertThat(adopt(spec).cause())
                .isInstanceOf(ExecutionLostException.class)
                .hasMessageContaining("'middle/x', which names none of the engines [left, right]");
    }

    @Test
    void leftoversOfAllEnginesAreListedAndRemovedWhereverTheyAre() {
        RunTry run = RunTry.first(UUID.randomUUID());
        right.leftovers.add(new Leftover(run, Instant.EPOCH));
        left.away = true;
        assertThat(pool.list().result()).containsExactly(new Leftover(run, Instant.EPOCH));
        pool.remove(run);
        assertThat(right.removed).containsExactly(run);
        right.away = true;
        assertThatThrownBy(() -> {
                    throw pool.list().cause();
                })
                .hasMessageContaining("is away");
    }

    private static final class PlayedEngine implements Executor {

        private final String name;
        private final List<RunTry> started = new ArrayList<>();
        private final List<RunTry> adopted = new ArrayList<>();
        private final List<RunTry> removed = new ArrayList<>();
        private final List<Leftover> leftovers = new ArrayList<>();
        private final Map<RunTry, Promise<Exit>> scripts = new HashMap<>();
        private boolean away;
        private boolean awayAfterPermission;
        private @Nullable NeverBegunException failure;

        PlayedEngine(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return "played";
        }

        @Override
        public String reference(RunTry runTry) {
            return name + "-" + runTry;
        }

        @Override
        public Future<Void> check() {
            return away ? Future.failedFuture(isAway()) : Future.succeededFuture();
        }

        private NeverBegunException isAway() {
            return new NeverBegunException(
                    NeverBegunException.ENGINE_UNAVAILABLE, name + " is away", new IllegalStateException());
        }

        @Override
        public Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink) {
            if (failure != null) {
                return Future.failedFuture(failure);
            }
            if (away) {
                return Future.failedFuture(isAway());
            }
            return permission.ask().compose(asked -> {
                if (awayAfterPermission) {
                    return Future.failedFuture(isAway());
                }
                started.add(spec.runTry());
                return Future.succeededFuture(script(spec.runTry()));
            });
        }

        private Execution script(RunTry run) {
            Promise<Exit> exit = Promise.promise();
            scripts.put(run, exit);
            return new Execution() {
                @Override
                public Instant startedAt() {
                    return Instant.EPOCH;
                }

                @Override
                public Future<Exit> exit() {
                    return exit.future();
                }

                @Override
                public Future<Void> stop(Exit.Reason reason, Duration grace) {
                    return Future.succeededFuture();
                }
            };
        }

        @Override
        public Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink) {
            adopted.add(spec.runTry());
            return Future.succeededFuture(Optional.of(script(spec.runTry())));
        }

        @Override
        public Future<Void> remove(RunTry runTry) {
            removed.add(runTry);
            return Future.succeededFuture();
        }

        @Override
        public Future<List<Leftover>> list() {
            return away ? Future.failedFuture(isAway()) : Future.succeededFuture(List.copyOf(leftovers));
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }
}
