package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.store.StaleDeliveryException;
import io.factotum.host.Refusal;
import io.factotum.host.lifecycle.TestHost.Traits;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A run is canceled, at each moment of its life. The hosts look so seldom that whatever is heard has been told. */
class CancelIT {

    private final Vertx vertx = Vertx.vertx();
    private final Database database = TestPostgres.newDatabase(vertx);
    private final List<TestHost> hosts = new ArrayList<>();
    private TestHost host;

    @BeforeEach
    void start() {
        host = host("host-1", Traits.slots(4).notLooking());
    }

    @AfterEach
    void stop() {
        hosts.forEach(each -> join(each.lifecycle.stop()));
        join(database.close());
        join(vertx.close());
    }

    private TestHost host(String id, Traits traits) {
        TestHost made =
                new TestHost(vertx, hosts.isEmpty() ? database : TestPostgres.again(vertx, database), id, traits);
        hosts.add(made);
        return made;
    }

    /** A plugin whose work goes on until it is canceled, or the test ends it. */
    private static final class Working implements LifecycleHandler {

        final TestHost host;
        final Promise<LifecycleEvent> inHand = Promise.promise();
        final Promise<LifecycleResult> answer = Promise.promise();
        final Function<LifecycleEvent, Future<Void>> before;

        Working(TestHost host, Function<LifecycleEvent, Future<Void>> before) {
            this.host = host;
            this.before = before;
        }

        Working(TestHost host) {
            this(host, event -> host.runs.begin(event, "test", "ref"));
        }

        @Override
        public Future<LifecycleResult> handle(LifecycleEvent event) {
            return before.apply(event)
                    .onComplete(done -> inHand.tryComplete(event))
                    .compose(begun -> answer.future());
        }

        @Override
        public Future<Void> cancel(UUID runId) {
            answer.tryComplete(LifecycleResult.failed(Outcome.CANCELED, "canceled", "Stopped."));
            return Future.succeededFuture();
        }
    }

    private static UUID runOf(JsonObject placed) {
        return UUID.fromString(placed.getJsonObject("order").getString("run"));
    }

    private static UUID resourceOf(JsonObject placed) {
        return UUID.fromString(placed.getJsonObject("resource").getString("uuid"));
    }

    private JsonObject update(UUID resource) {
        return host.submit(new JsonObject()
                .put("type", "update")
                .put("resource", resource.toString())
                .put("plan", "large"));
    }

    @Test
    void runInTheQueueOfAFullHostIsCanceledAtOnce() {
        TestHost full = host("full", Traits.slots(1).notLooking());
        Working working = new Working(full);
        full.start(working);
        full.submit(full.createRequest(full.offering()));
        join(working.inHand.future());
        JsonObject waiting = full.submit(full.createRequest(full.offering()));
        assertThat(full.run(runOf(waiting)).getString("state")).isEqualTo("PENDING");

        assertThat(join(full.lifecycle.runs().cancel(runOf(waiting))).getString("state"))
                .isEqualTo("CANCELED");
        assertThat(full.ended(waiting).getString("state")).isEqualTo("CANCELED");
        assertThat(full.resource(resourceOf(waiting)).getString("error_message"))
                .isEqualTo("Canceled before it began.");
    }

    @Test
    void runThatWaitsForItsNextTryLeavesAResourceThatIsNoLongerWhatItWas() {
        AtomicInteger tries = new AtomicInteger();
        host.start(event -> host.runs
                .begin(event, "test", "ref")
                .map(begun -> event.type().key().equals("update") && tries.incrementAndGet() > 0
                        ? LifecycleResult.failed(Outcome.FAILED, "script_failed", "It failed.")
                        : LifecycleResult.succeeded()));
        UUID resource = host.created(host.offering("update"));
        JsonObject placed = update(resource);
        // The host looks too seldom to try again.
        host.eventually(
                () -> host.views.run(runOf(placed)).map(found -> found.orElseThrow()),
                run -> run.getInteger("failures") == 1 && run.getString("state").equals("PENDING"));

        join(host.lifecycle.runs().cancel(runOf(placed)));
        assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
        assertThat(host.resource(resource).getString("state")).isEqualTo("ERRED");
        assertThat(host.resource(resource).getString("error_message")).contains("failed 1 time");
    }

    @Test
    void runThatIsPreparedIsCanceledAtOnceAndMayNeverBegin() {
        Promise<Void> image = Promise.promise();
        Working working = new Working(host, event -> Future.succeededFuture());
        Promise<Throwable> refusal = Promise.promise();
        Promise<Void> pulling = Promise.promise();
        host.start(event -> {
            if (event.type().key().equals("create")) {
                return Future.succeededFuture(LifecycleResult.succeeded());
            }
            pulling.complete();
            return image.future()
                    .compose(pulled -> host.runs.begin(event, "test", "ref"))
                    .onFailure(refusal::complete)
                    .compose(begun -> working.handle(event));
        });
        UUID resource = host.created(host.offering());
        JsonObject placed = update(resource);
        join(pulling.future());
        assertThat(join(host.lifecycle.runs().cancel(runOf(placed))).getString("state"))
                .isEqualTo("CANCELED");
        assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
        assertThat(host.resource(resource).getString("state")).isEqualTo("OK");

        image.complete();
        assertThat(join(refusal.future())).isInstanceOf(StaleDeliveryException.class);
        assertThat(working.inHand.future().isComplete()).isFalse();
        assertThat(host.run(runOf(placed)).getString("state")).isEqualTo("CANCELED");
    }

    @Test
    void runWhoseEngineIsAwayIsNotTriedAgain() {
        AtomicInteger tries = new AtomicInteger();
        Working working = new Working(host, event -> {
            tries.incrementAndGet();
            return host.runs.begin(event, "test", "ref");
        });
        host.start(new LifecycleHandler() {
            @Override
            public Future<LifecycleResult> handle(LifecycleEvent event) {
                return working.handle(event);
            }

            @Override
            public Future<Void> cancel(UUID runId) {
                return Future.failedFuture("the engine is away");
            }
        });
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        join(working.inHand.future());
        assertThat(join(host.lifecycle.runs().cancel(runOf(placed))).getString("state"))
                .isEqualTo("RUNNING");
        working.answer.complete(
                LifecycleResult.failed(Outcome.NOT_BEGUN, "engine_unavailable", "Cannot reach the engine."));
        assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
        assertThat(host.run(runOf(placed)).getString("state")).isEqualTo("CANCELED");
        assertThat(tries).hasValue(1);
    }

    @Test
    void ownFailureOfARunThatIsToBeCanceledIsNotRepeated() {
        Working working = new Working(host);
        host.start(working);
        JsonObject placed = host.submit(host.createRequest(host.offering("create")));
        join(working.inHand.future());
        host.execute("UPDATE runs SET cancel_requested_at = now()", Tuple.tuple());
        working.answer.complete(LifecycleResult.failed(Outcome.FAILED, "script_failed", "It failed."));
        assertThat(host.ended(placed).getString("state")).isEqualTo("ERRED");
    }

    private JsonObject begunHere() {
        host.start(new Working(host));
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        host.eventually(
                () -> host.views.run(runOf(placed)).map(found -> found.orElseThrow()),
                run -> run.containsKey("begun_at"));
        return placed;
    }

    @Test
    void runOnAnotherHostIsCanceledWithoutWaitingForItsLease() {
        TestHost other = host("host-2", Traits.slots(1).notLooking());
        JsonObject placed = begunHere();
        join(other.lifecycle.runs().cancel(runOf(placed)));
        assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
    }

    @Test
    void cancelThatWasToldWhileNobodyListenedIsHeardAsSoonAsSomebodyDoes() {
        TestHost other = host("host-2", Traits.slots(1).notLooking());
        JsonObject placed = begunHere();
        List<?> ended = host.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND query LIKE 'LISTEN%'",
                Tuple.tuple());
        assertThat(ended).isNotEmpty();
        join(other.lifecycle.runs().cancel(runOf(placed)));
        assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
    }

    @Test
    void cancelJustBeforeAHostIsKilledIsHonouredByTheHostThatAdoptsTheRun() {
        Vertx dyingVertx = Vertx.vertx();
        TestHost dying = new TestHost(dyingVertx, TestPostgres.again(dyingVertx, database), "host-0", Traits.slots(4));
        Working begun = new Working(dying);
        dying.start(begun);
        JsonObject placed = dying.submit(dying.createRequest(dying.offering()));
        join(begun.inHand.future());
        // Closed with no word to the database, as by kill -9: nobody is there to hear of the cancel.
        join(dyingVertx.close());
        join(host.lifecycle.runs().cancel(runOf(placed)));
        join(vertx.timer(2000));

        Working adopted = new Working(host);
        host.start(adopted);
        assertThat(join(adopted.inHand.future()).begun()).isTrue();
        assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
    }

    @Test
    void runOfAKilledHostThatHadNotBegunIsCanceledWithoutAnyHost() {
        Vertx dyingVertx = Vertx.vertx();
        TestHost dying = new TestHost(dyingVertx, TestPostgres.again(dyingVertx, database), "host-0", Traits.slots(4));
        Working waiting = new Working(dying, event -> Promise.<Void>promise().future());
        dying.start(waiting);
        JsonObject placed = dying.submit(dying.createRequest(dying.offering()));
        dying.eventually(
                () -> dying.views.run(runOf(placed)).map(found -> found.orElseThrow()),
                run -> run.getString("state").equals("RUNNING"));
        join(dyingVertx.close());
        assertThat(join(host.lifecycle.runs().cancel(runOf(placed))).getString("state"))
                .isEqualTo("CANCELED");
    }

    @Test
    void cancelAtTheMomentOfTheBeginningEitherStopsTheWorkOrKeepsItFromBeginning() {
        Set<UUID> began = ConcurrentHashMap.newKeySet();
        Set<UUID> stopped = ConcurrentHashMap.newKeySet();
        host.start(new LifecycleHandler() {
            private final ConcurrentHashMap<UUID, Promise<LifecycleResult>> answers = new ConcurrentHashMap<>();

            @Override
            public Future<LifecycleResult> handle(LifecycleEvent event) {
                Promise<LifecycleResult> answer = answers.computeIfAbsent(event.id(), id -> Promise.promise());
                return host.runs.begin(event, "test", "ref").compose(begun -> {
                    began.add(event.id());
                    return answer.future();
                });
            }

            @Override
            public Future<Void> cancel(UUID run) {
                stopped.add(run);
                answers.computeIfAbsent(run, id -> Promise.promise())
                        .tryComplete(LifecycleResult.failed(Outcome.CANCELED, "canceled", "Stopped."));
                return Future.succeededFuture();
            }
        });
        UUID offering = host.offering();
        for (int i = 0; i < 60; i++) {
            JsonObject placed = host.submit(host.createRequest(offering));
            UUID run = runOf(placed);
            join(vertx.timer(1 + i % 6).compose(fired -> host.lifecycle.runs().cancel(run)));
            assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
            boolean onRecord = host.run(run).containsKey("begun_at");
            assertThat(began.contains(run)).isEqualTo(onRecord);
            assertThat(!onRecord || stopped.contains(run)).isTrue();
        }
    }

    @Test
    void cancelAtTheMomentOfTheEndLeavesOneOfBothAndNothingHalf() {
        UUID offering = host.offering();
        host.start(event -> host.runs
                .begin(event, "test", "ref")
                .compose(begun -> vertx.timer(10))
                .map(ended -> LifecycleResult.created("made", null, null)));
        for (int i = 0; i < 60; i++) {
            JsonObject placed = host.submit(host.createRequest(offering));
            UUID run = runOf(placed);
            Future<JsonObject> cancel = vertx.timer(5 + i % 20)
                    .compose(fired -> host.lifecycle.runs().cancel(run));
            join(cancel.transform(any -> Future.succeededFuture()));
            String orderState = host.ended(placed).getString("state");
            JsonObject ended = host.run(run);
            JsonObject resource = host.resource(resourceOf(placed));
            if (cancel.failed()) {
                assertThat(cancel.cause()).isInstanceOf(Refusal.class);
                assertThat(ended.getString("state")).isEqualTo("SUCCEEDED");
            }
            if (ended.getString("state").equals("SUCCEEDED")) {
                assertThat(orderState).isEqualTo("DONE");
                assertThat(resource.getString("state")).isEqualTo("OK");
                assertThat(resource.getString("backend_id")).isEqualTo("made");
            } else {
                assertThat(ended.getString("state")).isEqualTo("CANCELED");
                assertThat(orderState).isEqualTo("CANCELED");
                assertThat(resource.getString("state")).isEqualTo("ERRED");
                assertThat(resource.getString("backend_id")).isNull();
            }
        }
    }
}
