package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.offering.Fault;
import io.factotum.api.resource.Endpoint;
import io.factotum.host.Refusal;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LifecycleIT extends OnOneHost {

    @Test
    void createdResourceHasWhatItsPluginAnswered() {
        host.start(answering(event -> Future.succeededFuture(LifecycleResult.created(
                "id-1", new JsonObject().put("cpu", 1), List.of(new Endpoint("web", "https://example.org"))))));

        JsonObject placed = host.submit(host.createRequest(host.offering()));
        JsonObject order = host.ended(placed);

        assertThat(placed.getJsonObject("resource").getString("state")).isEqualTo("CREATING");
        assertThat(order.getString("state")).isEqualTo("DONE");
        UUID resourceId = UUID.fromString(order.getJsonObject("resource").getString("uuid"));
        JsonObject resource = host.resource(resourceId);
        assertThat(resource.getString("state")).isEqualTo("OK");
        assertThat(resource.getString("backend_id")).isEqualTo("id-1");
        assertThat(resource.getJsonObject("backend_metadata")).isEqualTo(new JsonObject().put("cpu", 1));
        assertThat(resource.getJsonArray("endpoints").getJsonObject(0).getString("url"))
                .isEqualTo("https://example.org");
        assertThat(resource.getString("next_pull_at")).isNotNull();
        LifecycleEvent event = events.get(0);
        assertThat(event.type()).isEqualTo(EventType.CREATE);
        assertThat(event.resource().uuid()).isEqualTo(resourceId);
        assertThat(event.change().limits()).isEqualTo(new JsonObject().put("cpu", 2));
        assertThat(event.change().plan().name()).isEqualTo("small");
        assertThat(event.change().attributes().getString("colour")).isEqualTo("blue");
        assertThat(event.offering().settings().getString("script")).isEqualTo("x");
        String stored = host.query("SELECT event::text AS e FROM runs", Tuple.tuple())
                .get(0)
                .getString("e");
        assertThat(stored).contains("io.factotum.resource.create").doesNotContain("\"script\"");
    }

    @Test
    void failedCreateKeepsItsBackendIdAndCanBeTerminated() {
        host.start(answering(event -> event.type() == EventType.CREATE
                ? Future.succeededFuture(LifecycleResult.failed(Outcome.FAILED, "script_failed", "Exit code 3.")
                        .keeping(LifecycleResult.created("half-made", null, null)))
                : done()));
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        JsonObject order = host.ended(placed);
        UUID id = UUID.fromString(placed.getJsonObject("resource").getString("uuid"));

        assertThat(order.getString("state")).isEqualTo("ERRED");
        assertThat(order.getString("message")).isEqualTo("Exit code 3.");
        assertThat(host.resource(id).getString("state")).isEqualTo("ERRED");
        assertThat(host.resource(id).getString("backend_id")).isEqualTo("half-made");
        assertThat(host.resource(id).getString("next_pull_at")).isNull();
        assertThat(refusal(new JsonObject()
                                .put("type", "update")
                                .put("resource", id.toString())
                                .put("plan", "large"))
                        .code())
                .isEqualTo("never_created");

        JsonObject terminated =
                host.ended(host.submit(new JsonObject().put("type", "terminate").put("resource", id.toString())));
        assertThat(terminated.getString("state")).isEqualTo("DONE");
        assertThat(host.resource(id).getString("state")).isEqualTo("TERMINATED");
        assertThat(events.get(1).resource().backendId()).isEqualTo("half-made");
    }

    @Test
    void updateTellsOldAndNewAndHoldsOnlyOnceItSucceeded() {
        AtomicInteger updates = new AtomicInteger();
        host.start(answering(
                event -> event.type() == EventType.UPDATE && updates.incrementAndGet() == 1 ? failed() : done()));
        UUID id = host.created(host.offering());
        JsonObject update = new JsonObject()
                .put("type", "update")
                .put("resource", id.toString())
                .put("plan", "large")
                .put("limits", new JsonObject().put("cpu", 8));

        assertThat(host.ended(host.submit(update)).getString("state")).isEqualTo("ERRED");
        JsonObject erred = host.resource(id);
        assertThat(erred.getString("state")).isEqualTo("ERRED");
        assertThat(erred.getJsonObject("plan").getString("name")).isEqualTo("small");
        assertThat(erred.getJsonObject("limits").getInteger("cpu")).isEqualTo(2);

        assertThat(host.ended(host.submit(update)).getString("state")).isEqualTo("DONE");
        JsonObject ok = host.resource(id);
        assertThat(ok.getString("state")).isEqualTo("OK");
        assertThat(ok.getString("error_message")).isEmpty();
        assertThat(ok.getJsonObject("plan").getString("name")).isEqualTo("large");
        assertThat(ok.getJsonObject("limits").getInteger("cpu")).isEqualTo(8);
        LifecycleEvent event = events.get(2);
        assertThat(event.change().oldPlan().name()).isEqualTo("small");
        assertThat(event.change().plan().name()).isEqualTo("large");
        assertThat(event.change().oldLimits()).isEqualTo(new JsonObject().put("cpu", 2));
        assertThat(event.change().limitsChange()).isTrue();
    }

    @Test
    void allFaultsOfAnOrderAreToldAtOnce() {
        host.start(answering(event -> done()));
        JsonObject request = host.createRequest(host.offering())
                .put("name", " ")
                .put("plan", "huge")
                .put("limits", new JsonObject().put("cpu", -1).put("storage", 3));
        Refusal refusal = refusal(request);
        assertThat(refusal.status()).isEqualTo(422);
        assertThat(refusal.faults())
                .extracting(Fault::pointer)
                .containsExactlyInAnyOrder("/name", "/plan", "/limits/cpu", "/limits/storage");
        assertThat(host.query("SELECT id FROM resources", Tuple.tuple())).isEmpty();
    }

    @Test
    void ofTwentyOrdersAtOnceForOneResourceOneIsTaken() {
        host.start(answering(event -> event.type() == EventType.CREATE
                ? done()
                : Promise.<LifecycleResult>promise().future()));
        UUID id = host.created(host.offering());
        List<Future<JsonObject>> submits = IntStream.range(0, 20)
                .mapToObj(i -> host.lifecycle
                        .orders()
                        .submit(new JsonObject().put("type", "terminate").put("resource", id.toString()), null))
                .toList();
        join(Future.join(submits).otherwiseEmpty());
        assertThat(submits.stream().filter(Future::succeeded)).hasSize(1);
        assertThat(submits.stream().filter(Future::failed).map(f -> ((Refusal) f.cause()).status()))
                .hasSize(19)
                .containsOnly(409);
    }

    @Test
    void repeatedRequestWithItsKeyIsAnsweredWithTheSameOrder() {
        host.start(answering(event -> done()));
        JsonObject request = host.createRequest(host.offering());
        List<Future<JsonObject>> submits = IntStream.range(0, 10)
                .mapToObj(i -> host.lifecycle.orders().submit(request.copy(), "key-1"))
                .toList();
        join(Future.all(submits));
        assertThat(submits.stream()
                        .map(f -> f.result().getJsonObject("order").getString("uuid"))
                        .distinct())
                .hasSize(1);
        assertThat(host.query("SELECT id FROM resources", Tuple.tuple())).hasSize(1);
        Refusal reused = catchThrowableOfType(
                Refusal.class,
                () -> join(host.lifecycle.orders().submit(request.copy().put("name", "another"), "key-1")));
        assertThat(reused.status()).isEqualTo(422);
        assertThat(reused.code()).isEqualTo("idempotency_key_reused");
    }

    @Test
    void runsOfOneResourceNeverOverlapAndEachIsSentOnceWhenTwoHostsShareTheWork() {
        Vertx secondVertx = Vertx.vertx();
        TestHost second = new TestHost(secondVertx, TestPostgres.again(secondVertx, host.database), "host-2", 4);
        Map<UUID, AtomicInteger> active = new ConcurrentHashMap<>();
        Map<UUID, AtomicInteger> sent = new ConcurrentHashMap<>();
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        LifecycleHandler handler = event -> {
            sent.computeIfAbsent(event.id(), id -> new AtomicInteger()).incrementAndGet();
            AtomicInteger ofResource = active.computeIfAbsent(event.resource().uuid(), id -> new AtomicInteger());
            if (ofResource.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
            }
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            return vertx.timer(5).compose(fired -> {
                ofResource.decrementAndGet();
                underWay.decrementAndGet();
                return done();
            });
        };
        host.start(handler);
        second.start(handler);
        UUID offering = host.offering();
        List<Future<JsonObject>> creates = IntStream.range(0, 60)
                .mapToObj(i -> host.lifecycle.orders().submit(host.createRequest(offering), null))
                .toList();
        join(Future.all(creates));
        List<UUID> resources = creates.stream()
                .map(f -> UUID.fromString(f.result().getJsonObject("resource").getString("uuid")))
                .toList();
        creates.forEach(create -> host.ended(create.result()));
        List<Future<JsonObject>> further = resources.stream()
                .flatMap(id -> java.util.stream.Stream.of(
                        second.lifecycle.runs().pullNow(id),
                        host.lifecycle
                                .orders()
                                .submit(
                                        new JsonObject()
                                                .put("type", "update")
                                                .put("resource", id.toString())
                                                .put("plan", "large"),
                                        null),
                        host.lifecycle.runs().pullNow(id)))
                .toList();
        join(Future.all(further));
        host.eventually(
                () -> host.database
                        .client()
                        .query("SELECT count(*) AS n FROM runs WHERE state IN ('PENDING', 'RUNNING')")
                        .execute()
                        .map(rows ->
                                new JsonObject().put("n", rows.iterator().next().getLong("n"))),
                json -> json.getLong("n") == 0);
        second.close();
        join(secondVertx.close());

        assertThat(overlaps).hasValue(0);
        assertThat(most.get()).isLessThanOrEqualTo(8).isGreaterThan(1);
        assertThat(sent.values()).allSatisfy(times -> assertThat(times).hasValue(1));
        assertThat(host.query("SELECT id FROM runs WHERE state <> 'SUCCEEDED'", Tuple.tuple()))
                .isEmpty();
    }

    @Test
    void waitingRunIsCanceledAtOnceAndItsResourceIsWhatItWas() {
        host.start(answering(event -> done()));
        UUID id = host.created(host.offering());
        host.execute("UPDATE runs SET plugin = 'missing'", Tuple.tuple());
        host.execute("UPDATE offerings SET type = 'missing'", Tuple.tuple());
        JsonObject placed = host.submit(new JsonObject()
                .put("type", "update")
                .put("resource", id.toString())
                .put("plan", "large"));
        UUID run = UUID.fromString(placed.getJsonObject("order").getString("run"));
        assertThat(join(host.lifecycle.runs().cancel(run)).getString("state")).isEqualTo("CANCELED");
        assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
        assertThat(host.resource(id).getString("state")).isEqualTo("OK");
        Refusal again = catchThrowableOfType(
                Refusal.class, () -> join(host.lifecycle.runs().cancel(run)));
        assertThat(again.code()).isEqualTo("already_ended");
    }

    @Test
    void runUnderWayIsCanceledThroughItsPluginWhicheverHostWasAsked() {
        Vertx otherVertx = Vertx.vertx();
        TestHost other = new TestHost(otherVertx, TestPostgres.again(otherVertx, host.database), "host-2", 1);
        Promise<LifecycleResult> answer = Promise.promise();
        Promise<Void> inHand = Promise.promise();
        host.start(new LifecycleHandler() {
            @Override
            public Future<LifecycleResult> handle(LifecycleEvent event) {
                return host.runs.begin(event, "test", "ref").compose(begun -> {
                    inHand.complete();
                    return answer.future();
                });
            }

            @Override
            public Future<Void> cancel(UUID runId) {
                answer.tryComplete(LifecycleResult.failed(Outcome.CANCELED, "canceled", "Stopped."));
                return Future.succeededFuture();
            }
        });
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        join(inHand.future());
        join(other.lifecycle
                .runs()
                .cancel(UUID.fromString(placed.getJsonObject("order").getString("run"))));
        assertThat(host.ended(placed).getString("state")).isEqualTo("CANCELED");
        other.close();
        join(otherVertx.close());
    }

    private Refusal refusal(JsonObject request) {
        return catchThrowableOfType(Refusal.class, () -> host.submit(request));
    }
}
