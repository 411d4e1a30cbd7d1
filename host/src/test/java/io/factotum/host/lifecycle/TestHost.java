package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;

import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PgRunStore;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/** The lifecycle of one host on a database of the test, with a plugin that the test writes. */
final class TestHost {

    static final String PLUGIN = "test";
    static final UUID SMALL = UUID.randomUUID();
    static final UUID LARGE = UUID.randomUUID();

    final Vertx vertx;
    final Database database;
    final Lifecycle lifecycle;
    final PgViews views;
    final PgRunStore runs;

    /** How a host of a test differs from others. */
    record Traits(int slots, int slotsPerOffering, int slotsPerCustomer, Duration lease, Duration look) {

        static Traits slots(int slots) {
            return new Traits(slots, 0, 0, Duration.ofMillis(1500), Duration.ofMillis(200));
        }

        Traits limits(int perOffering, int perCustomer) {
            return new Traits(slots, perOffering, perCustomer, lease, look);
        }

        /** So that within a test nothing is found by looking: what is heard has been told. */
        Traits notLooking() {
            return new Traits(
                    slots, slotsPerOffering, slotsPerCustomer, Duration.ofMinutes(10), Duration.ofMinutes(10));
        }
    }

    TestHost(Vertx vertx, Database database, String hostId, int slots) {
        this(vertx, database, hostId, Traits.slots(slots));
    }

    TestHost(Vertx vertx, Database database, String hostId, Traits traits) {
        this.vertx = vertx;
        this.database = database;
        this.views = new PgViews(database);
        this.runs = new PgRunStore(database, hostId);
        UUID install = join(database.installationId());
        this.lifecycle = new Lifecycle(
                vertx,
                database,
                new Lifecycle.Views(views::order, views::run, views::resource),
                new Lifecycle.Settings(
                        hostId,
                        install,
                        traits.slots(),
                        traits.slotsPerOffering(),
                        traits.slotsPerCustomer(),
                        traits.lease(),
                        traits.look(),
                        new RetryPolicy(Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofSeconds(1), 3),
                        Duration.ofDays(30)));
    }

    /** Starts dispatching with that plugin. */
    TestHost start(LifecycleHandler handler) {
        join(lifecycle.start());
        serve(handler);
        return this;
    }

    void serve(LifecycleHandler handler) {
        join(lifecycle.server().serve(PLUGIN, vertx.getOrCreateContext(), handler));
    }

    /** An offering with plans small and large, limits on cpu, usage of storage, all events handled. */
    UUID offering(String... idempotent) {
        UUID id = UUID.randomUUID();
        execute(
                "INSERT INTO offerings (id, name, type, plans, components, settings, handled, timeout_ms,"
                        + " pull_interval_ms, idempotent) VALUES ($1, $2, $3, $4, $5, $6, $7, 60000, 3600000, $8)",
                Tuple.of(
                                id,
                                "offering-" + id,
                                PLUGIN,
                                new JsonArray().add(plan(SMALL, "small", 1)).add(plan(LARGE, "large", 2)),
                                new JsonArray()
                                        .add(component("cpu", "limit"))
                                        .add(component("storage", "usage"))
                                        .add(component("base", "fixed")),
                                new JsonObject().put("script", "x"))
                        .addArrayOfString(new String[] {"create", "update", "terminate", "pull"})
                        .addArrayOfString(idempotent));
        return id;
    }

    private static JsonObject plan(UUID id, String name, int cpu) {
        return new JsonObject()
                .put("uuid", id.toString())
                .put("name", name)
                .put("amounts", new JsonObject().put("base", cpu));
    }

    private static JsonObject component(String type, String billing) {
        return new JsonObject()
                .put("type", type)
                .put("name", type)
                .put("unit", "u")
                .put("billing", billing);
    }

    JsonObject createRequest(UUID offering) {
        return new JsonObject()
                .put("type", "create")
                .put("offering", offering.toString())
                .put("name", "a resource")
                .put("plan", "small")
                .put("limits", new JsonObject().put("cpu", 2))
                .put("attributes", new JsonObject().put("colour", "blue"));
    }

    JsonObject submit(JsonObject request) {
        return join(lifecycle.orders().submit(request, null));
    }

    /** Submits a create and waits until its run has ended. */
    UUID created(UUID offering) {
        JsonObject placed = submit(createRequest(offering));
        ended(placed);
        return UUID.fromString(placed.getJsonObject("resource").getString("uuid"));
    }

    /** The order of that submit, once it has ended. */
    JsonObject ended(JsonObject placed) {
        UUID order = UUID.fromString(placed.getJsonObject("order").getString("uuid"));
        return eventually(
                () -> views.order(order).map(found -> found.orElseThrow()),
                json -> !List.of("PENDING", "EXECUTING").contains(json.getString("state")));
    }

    JsonObject resource(UUID id) {
        return join(views.resource(id)).orElseThrow();
    }

    JsonObject run(UUID id) {
        return join(views.run(id)).orElseThrow();
    }

    JsonObject runEnded(UUID id) {
        return eventually(() -> views.run(id).map(found -> found.orElseThrow()), json -> !List.of("PENDING", "RUNNING")
                .contains(json.getString("state")));
    }

    List<Row> query(String sql, Tuple values) {
        return join(database.client().preparedQuery(sql).execute(values)).stream()
                .toList();
    }

    void execute(String sql, Tuple values) {
        join(database.client().preparedQuery(sql).execute(values));
    }

    /** What a look finds, once it is as wanted; looks again after a short time, for a minute at most. */
    JsonObject eventually(java.util.function.Supplier<Future<JsonObject>> look, Predicate<JsonObject> wanted) {
        return join(again(look, wanted, 600));
    }

    private Future<JsonObject> again(
            java.util.function.Supplier<Future<JsonObject>> look, Predicate<JsonObject> wanted, int left) {
        return look.get()
                .recover(lost -> Future.succeededFuture(new JsonObject()))
                .compose(found -> {
                    if (!found.isEmpty() && wanted.test(found)) {
                        return Future.succeededFuture(found);
                    }
                    return left == 0
                            ? Future.failedFuture(new AssertionError("never as wanted, last: " + found))
                            : vertx.timer(100).compose(fired -> again(look, wanted, left - 1));
                });
    }

    void close() {
        join(lifecycle.stop().eventually(database::close));
    }
}
