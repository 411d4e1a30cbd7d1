package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.lifecycle.RunTrace;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a run whose plugin, host or database goes away, and of one that fails. */
class RecoveryIT extends OnOneHost {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAPluginHadInHandIsAdoptedByTheOneThatIsServedNext(boolean begun) {
        Promise<Void> inHand = Promise.promise();
        host.start(event -> (begun ? host.runs.begin(event, "test", "ref") : Future.<Void>succeededFuture())
                .onSuccess(ready -> inHand.complete())
                .compose(ready -> Promise.<LifecycleResult>promise().future()));
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        join(inHand.future());

        join(host.lifecycle.server().unserve(TestHost.PLUGIN));
        JsonObject waiting = host.submit(host.createRequest(host.offering()));
        host.serve(answering(event -> done()));

        assertThat(host.ended(placed).getString("state")).isEqualTo("DONE");
        assertThat(host.ended(waiting).getString("state")).isEqualTo("DONE");
        assertThat(events).hasSize(2);
        LifecycleEvent adopted = events.stream()
                .filter(event -> event.attempt() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(adopted.begun()).isEqualTo(begun);
    }

    @Test
    void missingPluginLeavesItsRunsPendingUntilItIsThere() {
        join(host.lifecycle.start());
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        UUID run = UUID.fromString(placed.getJsonObject("order").getString("run"));
        join(vertx.timer(600));
        assertThat(host.run(run).getString("state")).isEqualTo("PENDING");
        host.serve(answering(event -> done()));
        assertThat(host.ended(placed).getString("state")).isEqualTo("DONE");
    }

    @Test
    void killedHostsRunIsSentAgainAsBegunAndItsAnswerCounts() {
        Vertx dyingVertx = Vertx.vertx();
        TestHost dying = new TestHost(dyingVertx, TestPostgres.again(dyingVertx, host.database), "host-0", 4);
        Promise<Void> inHand = Promise.promise();
        dying.start(event -> dying.runs.begin(event, "test", "ref-1").compose(begun -> {
            inHand.complete();
            return Promise.<LifecycleResult>promise().future();
        }));
        JsonObject placed = dying.submit(dying.createRequest(dying.offering()));
        join(inHand.future());
        // Closed with no word to the database, as by kill -9: its lease has to run out.
        join(dyingVertx.close());

        host.start(answering(event -> Future.succeededFuture(LifecycleResult.created("adopted", null, null))));
        assertThat(host.ended(placed).getString("state")).isEqualTo("DONE");
        assertThat(events).hasSize(1);
        assertThat(events.get(0).begun()).isTrue();
        assertThat(events.get(0).attempt()).isEqualTo(2);
    }

    @Test
    void lateAnswerOfAHostThatLostItsLeaseChangesNothingThatWasStored() {
        host.start(answering(event -> Future.succeededFuture(LifecycleResult.created("first", null, null))));
        UUID id = host.created(host.offering());
        ResultStore store = new ResultStore(
                host.database,
                new RetryPolicy(
                        java.time.Duration.ofSeconds(1),
                        java.time.Duration.ofSeconds(1),
                        java.time.Duration.ofSeconds(1),
                        1));
        ResultStore.Stored stored = join(store.store(events.get(0), LifecycleResult.created("second", null, null)));
        assertThat(stored).isEqualTo(ResultStore.Stored.UNCHANGED);
        assertThat(host.resource(id).getString("backend_id")).isEqualTo("first");
    }

    @Test
    void faultBeforeItBeganIsRetriedUntilItCanBegin() {
        AtomicInteger tries = new AtomicInteger();
        host.start(event -> tries.incrementAndGet() < 3
                ? Future.succeededFuture(
                        LifecycleResult.failed(Outcome.NOT_BEGUN, "engine_unavailable", "Cannot reach the engine."))
                : done());
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        assertThat(host.ended(placed).getString("state")).isEqualTo("DONE");
        assertThat(tries).hasValue(3);
    }

    @Test
    void ownFailureIsRepeatedOnlyWhereTheOfferingSaysThatItMay() {
        host.start(answering(event -> failed()));
        host.ended(host.submit(host.createRequest(host.offering())));
        assertThat(events).extracting(LifecycleEvent::tries).containsExactly(1);
        events.clear();
        JsonObject order = host.ended(host.submit(host.createRequest(host.offering("create"))));
        assertThat(order.getString("state")).isEqualTo("ERRED");
        assertThat(events).extracting(LifecycleEvent::tries).containsExactly(1, 2, 3);
    }

    @Test
    void lostRunMakesItsOrderErredAndIsNotRunAgain() {
        host.start(answering(event ->
                Future.succeededFuture(LifecycleResult.failed(Outcome.LOST, "run_lost", "Cannot tell how it ended."))));
        JsonObject order = host.ended(host.submit(host.createRequest(host.offering())));
        assertThat(order.getString("state")).isEqualTo("ERRED");
        assertThat(host.run(UUID.fromString(order.getString("run"))).getString("state"))
                .isEqualTo("LOST");
        assertThat(events).hasSize(1);
    }

    @Test
    void throwingHandlerFailsItsRunIfThatHadBegun() {
        host.start(answering(event -> {
            throw new IllegalStateException("broken plugin");
        }));
        JsonObject order = host.ended(host.submit(host.createRequest(host.offering())));
        assertThat(order.getString("code")).isEqualTo("plugin_failed");
        assertThat(order.getString("message")).contains("broken plugin");
    }

    @Test
    void resultThatCannotBeStoredFailsItsRunInsteadOfHangingIt() {
        host.start(answering(event ->
                Future.succeededFuture(LifecycleResult.created("id", new JsonObject().put("text", "a\u0000b"), null))));
        JsonObject order = host.ended(host.submit(host.createRequest(host.offering())));
        assertThat(order.getString("state")).isEqualTo("ERRED");
        assertThat(order.getString("code")).isEqualTo("result_not_storable");
    }

    @Test
    void postgresKilledWhileARunIsUnderWayCostsNeitherTheRunNorItsResult() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        host.start(answering(event -> {
            handled.incrementAndGet();
            return vertx.timer(1000).map(fired -> LifecycleResult.created("survived", null, null));
        }));
        UUID offering = host.offering();
        List<JsonObject> placed = IntStream.range(0, 4)
                .mapToObj(i -> host.submit(host.createRequest(offering)))
                .toList();
        host.eventually(
                () -> Future.succeededFuture(new JsonObject().put("n", handled.get())),
                json -> json.getInteger("n") == 4);
        TestPostgres.kill();
        placed.forEach(each -> assertThat(host.ended(each).getString("state")).isEqualTo("DONE"));
        assertThat(handled).hasValue(4);
        assertThat(host.query("SELECT id FROM resources WHERE backend_id = 'survived'", Tuple.tuple()))
                .hasSize(4);
    }

    /** A delivery that has lost its run to another: the answer that it may still give, and the one of the other. */
    private record Late(
            JsonObject placed,
            UUID run,
            Promise<LifecycleResult> late,
            Promise<LifecycleResult> second,
            List<UUID> cleanedUp) {}

    private Late late() {
        Promise<LifecycleEvent> first = Promise.promise();
        Promise<LifecycleResult> late = Promise.promise();
        List<UUID> cleanedUp = new CopyOnWriteArrayList<>();
        host.start(new LifecycleHandler() {
            @Override
            public Future<LifecycleResult> handle(LifecycleEvent event) {
                first.complete(event);
                return late.future();
            }

            @Override
            public Future<Void> committed(UUID runId) {
                cleanedUp.add(runId);
                return Future.succeededFuture();
            }
        });
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        UUID run = join(first.future()).id();
        join(host.lifecycle.server().unserve(TestHost.PLUGIN));
        Promise<LifecycleResult> second = Promise.promise();
        Promise<Void> begun = Promise.promise();
        host.serve(answering(event -> {
            begun.complete();
            return second.future();
        }));
        join(begun.future());
        return new Late(placed, run, late, second, cleanedUp);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_BEGUN", "LOST", "CANCELED", "FAILED"})
    void whatOnlyTheDeliveryInHandCanTellIsNotTakenFromAnEarlierOne(Outcome outcome) {
        Late late = late();
        late.late().complete(LifecycleResult.failed(outcome, "late", "It came too late."));
        join(vertx.timer(500));
        assertThat(host.run(late.run()).getString("state")).isEqualTo("RUNNING");
        assertThat(late.cleanedUp()).isEmpty();

        late.second().complete(LifecycleResult.succeeded());
        assertThat(host.ended(late.placed()).getString("state")).isEqualTo("DONE");
        assertThat(events).extracting(LifecycleEvent::attempt).containsExactly(2);
    }

    @Test
    void scriptsEndCountsWhicheverDeliveryHasSeenIt() {
        Late late = late();
        Instant now = Instant.now();
        late.late()
                .complete(LifecycleResult.failed(Outcome.FAILED, "script_failed", "It failed.")
                        .with(new RunTrace(1, "exited", now, now, null)));
        assertThat(host.ended(late.placed()).getString("state")).isEqualTo("ERRED");
        assertThat(late.cleanedUp()).containsExactly(late.run());
    }
}
