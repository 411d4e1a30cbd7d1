package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.resource.ReportSection;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What another verticle of the same JVM can do over the event bus, knowing plugin-api alone. */
class BusIT {

    private final Vertx vertx = Vertx.vertx();
    private TestHost host;
    private UUID offering;
    private volatile Future<Void> cleanedUp = Future.succeededFuture();

    @BeforeEach
    void start() {
        host = new TestHost(vertx, TestPostgres.newDatabase(vertx), "host-1", 4);
        host.start(new Handler());
        offering = host.offering();
    }

    private final class Handler implements LifecycleHandler {

        @Override
        public Future<LifecycleResult> handle(LifecycleEvent event) {
            return host.runs.begin(event, "test", "ref").map(begun -> switch (event.type()) {
                case CREATE ->
                    LifecycleResult.created("made-" + event.resource().name(), null, null);
                case PULL -> LifecycleResult.pulled(null, List.of(new ReportSection("Health", "well")), List.of());
                case UPDATE -> LifecycleResult.failed(Outcome.FAILED, "script_failed", "No room.");
                case TERMINATE -> LifecycleResult.succeeded();
            });
        }

        @Override
        public Future<Void> committed(UUID runId) {
            return cleanedUp;
        }
    }

    @AfterEach
    void stop() {
        host.close();
        join(vertx.close());
    }

    /** Orders a resource over the bus and waits to hear that it is done. */
    private static final class OrderingVerticle extends VerticleBase {

        private final UUID offering;
        private final Promise<JsonObject> done = Promise.promise();

        OrderingVerticle(UUID offering) {
            this.offering = offering;
        }

        @Override
        public Future<?> start() {
            Promise<String> order = Promise.promise();
            vertx.eventBus().<JsonObject>consumer(LifecycleAddress.ORDERS_CHANGED, message -> order.future()
                    .onSuccess(id -> {
                        if (message.body().getString("uuid").equals(id)
                                && message.body().getString("state").equals("DONE")) {
                            done.tryComplete(message.body());
                        }
                    }));
            return vertx.eventBus()
                    .<JsonObject>request(
                            LifecycleAddress.ORDERS_SUBMIT,
                            new JsonObject()
                                    .put("type", "create")
                                    .put("offering", offering.toString())
                                    .put("name", "bus")
                                    .put("plan", "small"))
                    .map(Message::body)
                    .onSuccess(
                            reply -> order.complete(reply.getJsonObject("order").getString("uuid")));
        }
    }

    @Test
    void verticleOrdersAResourceAndHearsOfItsCompletion() {
        OrderingVerticle verticle = new OrderingVerticle(offering);
        join(vertx.deployVerticle(verticle));
        JsonObject order = join(verticle.done.future());
        UUID resource = UUID.fromString(order.getJsonObject("resource").getString("uuid"));
        assertThat(host.resource(resource).getString("backend_id")).isEqualTo("made-bus");
    }

    @Test
    void completionIsToldBeforeThePluginHasCleanedUp() {
        Promise<Void> cleaning = Promise.promise();
        cleanedUp = cleaning.future();
        OrderingVerticle verticle = new OrderingVerticle(offering);
        join(vertx.deployVerticle(verticle));
        assertThat(join(verticle.done.future()).getString("state")).isEqualTo("DONE");
        cleaning.complete();
    }

    @Test
    void orderThatCannotBeTakenIsAnsweredWithACodeAndEachFault() {
        JsonObject reply = request(
                LifecycleAddress.ORDERS_SUBMIT,
                new JsonObject().put("type", "create").put("offering", offering.toString()));
        assertThat(reply.getString("outcome")).isEqualTo("refused");
        assertThat(reply.getInteger("status")).isEqualTo(422);
        assertThat(reply.getJsonArray("errors")).hasSize(2);
        assertThat(request(LifecycleAddress.ORDERS_SUBMIT, new JsonObject().put("type", "explode"))
                        .getString("message"))
                .contains("explode")
                .contains("create, update or terminate");
    }

    @Test
    void lifecycleRequestOfAVerticleIsRecordedAndAnsweredWithItsResult() {
        JsonObject event = new JsonObject()
                .put("id", UUID.randomUUID().toString())
                .put(
                        "data",
                        new JsonObject()
                                .put("offering", new JsonObject().put("uuid", offering.toString()))
                                .put("name", "direct")
                                .put("plan", "small"));
        JsonObject created = request(LifecycleAddress.of(TestHost.PLUGIN, EventType.CREATE), event);
        assertThat(created.getString("outcome")).isEqualTo("succeeded");
        assertThat(created.getString("backend_id")).isEqualTo("made-direct");
        JsonObject again = request(LifecycleAddress.of(TestHost.PLUGIN, EventType.CREATE), event);
        assertThat(again.getString("run")).isEqualTo(created.getString("run"));
        assertThat(host.query("SELECT id FROM runs WHERE event_type = 'create'", Tuple.tuple()))
                .hasSize(1);

        String resource = host.run(UUID.fromString(created.getString("run")))
                .getJsonObject("resource")
                .getString("uuid");
        JsonObject pulled = request(
                LifecycleAddress.of(TestHost.PLUGIN, EventType.PULL), new JsonObject().put("subject", resource));
        assertThat(pulled.getJsonArray("report"))
                .isEqualTo(new JsonArray()
                        .add(new JsonObject().put("header", "Health").put("body", "well")));

        JsonObject failed = request(
                LifecycleAddress.of(TestHost.PLUGIN, EventType.UPDATE),
                new JsonObject().put("subject", resource).put("data", new JsonObject().put("plan", "large")));
        assertThat(failed.getString("outcome")).isEqualTo("failed");
        assertThat(failed.getString("code")).isEqualTo("script_failed");
        assertThat(failed.getString("message")).isEqualTo("No room.");
    }

    @Test
    void malformedLifecycleRequestIsAnsweredWithWhatIsWrong() {
        JsonObject reply = request(LifecycleAddress.of(TestHost.PLUGIN, EventType.PULL), new JsonObject());
        assertThat(reply.getString("outcome")).isEqualTo("refused");
        assertThat(reply.getString("message")).contains("subject");
        JsonObject unknown = request(
                LifecycleAddress.of(TestHost.PLUGIN, EventType.PULL),
                new JsonObject().put("subject", UUID.randomUUID().toString()));
        assertThat(unknown.getString("code")).isEqualTo("not_found");
    }

    @Test
    void messageThatIsNoJsonObjectIsAnsweredWithWhatIsExpected() {
        for (String address : List.of(
                LifecycleAddress.ORDERS_SUBMIT,
                LifecycleAddress.of(TestHost.PLUGIN, EventType.CREATE),
                LifecycleAddress.of(TestHost.PLUGIN, EventType.PULL))) {
            for (Object body : Arrays.asList("hello", 7, new JsonArray(), Buffer.buffer("{}"), null)) {
                JsonObject reply = request(address, body);
                assertThat(reply.getInteger("status"))
                        .as("%s to %s", body, address)
                        .isEqualTo(400);
                assertThat(reply.getString("message"))
                        .contains("'%s'".formatted(address), "Expected a JsonObject")
                        .contains(body == null ? "missing" : "of class");
            }
        }
    }

    @Test
    void memberThatNobodyReadsIsToldLikeAnyOtherFault() {
        JsonObject order = new JsonObject()
                .put("type", "create")
                .put("offering", offering.toString())
                .put("name", "bus")
                .put("plan", "small")
                .put("limts", new JsonObject().put("storage", 1))
                .put("customer", new JsonObject().put("nam", "Acme"));
        JsonObject reply = request(LifecycleAddress.ORDERS_SUBMIT, order);
        assertThat(reply.getInteger("status")).isEqualTo(422);
        assertThat(reply.getJsonArray("errors").encode())
                .contains("/limts", "/customer/nam", "not known here; expected one of offering, name,");

        JsonObject data = new JsonObject().put("offering", offering.toString()).put("limts", 1);
        JsonObject direct =
                request(LifecycleAddress.of(TestHost.PLUGIN, EventType.CREATE), new JsonObject().put("data", data));
        assertThat(direct.getJsonArray("errors").encode()).contains("/data/limts", "expected one of offering, name,");
        assertThat(host.query("SELECT id FROM resources", Tuple.tuple())).isEmpty();
    }

    @Test
    void eventThatIsSentOnMayKeepWhatElseItHas() {
        JsonObject data = new JsonObject()
                .put(
                        "offering",
                        new JsonObject().put("uuid", offering.toString()).put("name", "whatever"))
                .put("plan", new JsonObject().put("name", "small").put("amounts", new JsonObject()))
                .put("name", "sent on")
                .put("attempt", 3)
                .put("begun", true)
                .put("resource", new JsonObject())
                .put("deadline", "2026-01-01T00:00:00Z");
        JsonObject created =
                request(LifecycleAddress.of(TestHost.PLUGIN, EventType.CREATE), new JsonObject().put("data", data));
        assertThat(created.getString("backend_id")).isEqualTo("made-sent on");
        String resource = host.run(UUID.fromString(created.getString("run")))
                .getJsonObject("resource")
                .getString("uuid");
        JsonObject terminated = request(
                LifecycleAddress.of(TestHost.PLUGIN, EventType.TERMINATE),
                new JsonObject()
                        .put("subject", resource)
                        .put(
                                "data",
                                new JsonObject().put("plan", new JsonObject()).put("limits", new JsonObject())));
        assertThat(terminated.getString("outcome")).isEqualTo("succeeded");
    }

    private JsonObject request(String address, @Nullable Object body) {
        return join(vertx.eventBus().<JsonObject>request(address, body)).body();
    }
}
