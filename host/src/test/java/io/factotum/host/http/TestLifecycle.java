package io.factotum.host.http;

import io.factotum.host.Refusal;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PgErrors;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes the rows that an order or a pull begins with, and nothing happens to them. */
final class TestLifecycle implements LifecycleOperations {

    record Submitted(JsonObject request, @Nullable String idempotencyKey) {}

    final List<Submitted> submitted = new ArrayList<>();

    @Nullable
    RuntimeException failure;

    private final Database database;
    private final PgViews views;

    TestLifecycle(Database database, PgViews views) {
        this.database = database;
        this.views = views;
    }

    @Override
    public Future<JsonObject> submit(JsonObject request, @Nullable String idempotencyKey) {
        if (failure != null) {
            return Future.failedFuture(failure);
        }
        submitted.add(new Submitted(request, idempotencyKey));
        UUID order = UUID.randomUUID();
        boolean create = request.getString("type").equals("create");
        UUID resource = create ? UUID.randomUUID() : UUID.fromString(request.getString("resource"));
        JsonObject customer = request.getJsonObject("customer", new JsonObject());
        return (create
                        ? sql(
                                "INSERT INTO resources (id, name, offering_id, plan_id, limits, attributes, state,"
                                        + " customer_name) SELECT $1, $2, id, (plans -> 0 ->> 'uuid')::uuid, $4, $5,"
                                        + " 'CREATING', $6 FROM offerings WHERE id::text = $3 OR name = $3",
                                resource,
                                request.getString("name"),
                                request.getString("offering"),
                                request.getJsonObject("limits", new JsonObject()),
                                request.getJsonObject("attributes", new JsonObject()),
                                customer.getString("name"))
                        : views.resource(resource)
                                .map(found -> found.orElseThrow(() -> Refusal.notFound("resource", resource)))
                                .<Void>mapEmpty())
                .compose(made -> sql(
                        "INSERT INTO orders (id, type, resource_id, state, limits, creator_email)"
                                + " VALUES ($1, $2, $3, 'PENDING', $4, $5)",
                        order,
                        request.getString("type"),
                        resource,
                        request.getJsonObject("limits", new JsonObject()),
                        request.getJsonObject("creator", new JsonObject()).getString("email")))
                .compose(made -> run(request.getString("type"), resource, order))
                .recover(failed -> Future.failedFuture(
                        PgErrors.violatedConstraint(failed) != null
                                ? new Refusal(409, "active_order", "Cannot order: another order is active.")
                                : failed))
                .compose(run -> Future.all(views.order(order), views.resource(resource)))
                .map(both -> new JsonObject()
                        .put(
                                "order",
                                both.<java.util.Optional<JsonObject>>resultAt(0).orElseThrow())
                        .put(
                                "resource",
                                both.<java.util.Optional<JsonObject>>resultAt(1).orElseThrow()));
    }

    @Override
    public Future<JsonObject> pullNow(UUID resourceId) {
        return views.resource(resourceId)
                .map(found -> found.orElseThrow(() -> Refusal.notFound("resource", resourceId)))
                .compose(resource -> run("pull", resourceId, null))
                .compose(views::run)
                .map(run -> run.orElseThrow());
    }

    @Override
    public Future<JsonObject> cancel(UUID runId) {
        return sql("UPDATE runs SET cancel_requested_at = now() WHERE id = $1", runId)
                .compose(done -> views.run(runId))
                .map(run -> run.orElseThrow(() -> Refusal.notFound("run", runId)));
    }

    private Future<UUID> run(String type, UUID resource, @Nullable UUID order) {
        UUID run = UUID.randomUUID();
        return sql(
                        "INSERT INTO runs (id, event_type, plugin, resource_id, order_id, offering_id, state, event)"
                                + " SELECT $1, $2, 'test-type', res.id, $4, res.offering_id, 'PENDING',"
                                + " '{\"hidden\": true}' FROM resources res WHERE res.id = $3",
                        run,
                        type,
                        resource,
                        order)
                .map(run);
    }

    private Future<Void> sql(String sql, @Nullable Object... values) {
        return database.client().preparedQuery(sql).execute(Tuple.wrap(values)).mapEmpty();
    }
}
