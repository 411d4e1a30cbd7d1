package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.api.offering.Fault;
import io.factotum.api.resource.JsonRecords;
import io.factotum.host.Refusal;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PgErrors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes orders: one transaction writes the order, its run, and for a creation the resource. What is answered is on disk.
 *
 * <p>Requests are the JSON of {@link LifecycleAddress#ORDERS_SUBMIT}, from HTTP and from the bus alike.
 */
public final class OrderService {

    private static final String OFFERING = """
            SELECT id AS offering_id, name AS offering_name, type AS offering_type, plans, components, handled
            FROM offerings WHERE id::text = $1 OR name = $1
            """;

    private static final String RESOURCE = """
            SELECT res.id, res.name, res.state, res.provisioned, res.plan_id, res.limits,
                   off.id AS offering_id, off.name AS offering_name, off.type AS offering_type, off.plans,
                   off.components, off.handled,
                   EXISTS (SELECT FROM orders o WHERE o.resource_id = res.id AND o.state IN ('PENDING', 'EXECUTING'))
                       AS has_active_order
            FROM resources res JOIN offerings off ON off.id = res.offering_id
            WHERE res.id = $1 FOR UPDATE OF res
            """;

    private static final String INSERT_RESOURCE = """
            INSERT INTO resources (id, name, offering_id, plan_id, limits, attributes, state,
                                   customer_uuid, customer_name, project_uuid, project_name)
            VALUES ($1, $2, $3, $4, $5, $6, 'CREATING', $7, $8, $9, $10)
            """;

    private static final String INSERT_ORDER = """
            INSERT INTO orders (id, type, resource_id, state, plan_id, limits, old_plan_id, old_limits, attributes,
                                state_before, creator_email, creator_username, idempotency_key, request_digest)
            VALUES ($1, $2, $3, 'PENDING', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """;

    private static final String INSERT_RUN = """
            INSERT INTO runs (id, event_type, plugin, resource_id, order_id, state) VALUES ($1, $2, $3, $4, $5, 'PENDING')
            """;

    private final Database database;
    private final Changes changes;
    private final Runnable wakeDispatcher;
    private final Function<UUID, Future<Optional<JsonObject>>> orders;
    private final Function<UUID, Future<Optional<JsonObject>>> resources;

    /** An idempotency key with the digest of the request that came with it. */
    private record Key(@Nullable String key, @Nullable String digest) {}

    /**
     * Orders kept in that database.
     *
     * @param wakeDispatcher called after each commit that wrote a run
     * @param orders reads an order as the HTTP API shows it
     * @param resources reads a resource as the HTTP API shows it
     */
    OrderService(
            Database database,
            Changes changes,
            Runnable wakeDispatcher,
            Function<UUID, Future<Optional<JsonObject>>> orders,
            Function<UUID, Future<Optional<JsonObject>>> resources) {
        this.database = database;
        this.changes = changes;
        this.wakeDispatcher = wakeDispatcher;
        this.orders = orders;
        this.resources = resources;
    }

    /** Serves {@link LifecycleAddress#ORDERS_SUBMIT}. */
    void serve(Vertx vertx) {
        vertx.eventBus().<JsonObject>consumer(LifecycleAddress.ORDERS_SUBMIT, message -> {
            JsonObject request = message.body().copy();
            Object key = request.remove("idempotency_key");
            submit(request, key == null ? null : key.toString())
                    .map(placed -> placed.put("outcome", "accepted"))
                    .onComplete(message::reply, failure -> message.reply(Replies.refused(failure)));
        });
    }

    /**
     * Places an order.
     *
     * @param idempotencyKey a request that comes again with the same key is answered with the same order
     * @return {@code {order, resource}}; fails with {@link Refusal} if the order cannot be placed, and with what
     *     {@link PgErrors#isTransient} tells if the database cannot be reached
     */
    public Future<JsonObject> submit(JsonObject request, @Nullable String idempotencyKey) {
        Key key = new Key(idempotencyKey, idempotencyKey == null ? null : digest(request));
        UUID id = UUID.randomUUID();
        return database.transaction(connection -> earlier(connection, key)
                        .compose(earlier -> earlier.isPresent()
                                ? Future.succeededFuture(earlier.get())
                                : place(connection, id, request, key).map(id)))
                .recover(failure -> refuse(failure, key))
                .compose(order -> {
                    if (order.equals(id)) {
                        wakeDispatcher.run();
                    }
                    return shown(order);
                })
                .onSuccess(placed -> {
                    if (placed.getJsonObject("order").getString("uuid").equals(id.toString())) {
                        tell(placed.getJsonObject("order"), id);
                    }
                });
    }

    private void tell(JsonObject order, UUID id) {
        String run = order.getString("run");
        if (run == null) {
            changes.order(id);
        } else {
            changes.run(UUID.fromString(run));
        }
    }

    private Future<JsonObject> shown(UUID orderId) {
        return orders.apply(orderId).map(Optional::orElseThrow).compose(order -> resources
                .apply(UUID.fromString(order.getJsonObject("resource").getString("uuid")))
                .map(resource -> new JsonObject().put("order", order).put("resource", resource.orElseThrow())));
    }

    private static Future<Optional<UUID>> earlier(SqlConnection connection, Key key) {
        if (key.key() == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return connection
                .preparedQuery("SELECT id, request_digest FROM orders WHERE idempotency_key = $1")
                .execute(Tuple.of(key.key()))
                .map(rows -> rows.stream().findFirst().map(row -> {
                    if (!row.getString("request_digest").equals(key.digest())) {
                        throw new Refusal(
                                422,
                                "idempotency_key_reused",
                                "Cannot take the order: idempotency key '%s' came before with another request."
                                                .formatted(key.key())
                                        + " Use a new key for a new order.");
                    }
                    return row.getUUID("id");
                }));
    }

    /** Two requests that race are told apart by the database's own constraints. */
    private Future<UUID> refuse(Throwable failure, Key key) {
        String constraint = String.valueOf(PgErrors.violatedConstraint(failure));
        if (constraint.equals("orders_one_active_a_resource")) {
            return Future.failedFuture(activeOrder());
        }
        if (constraint.equals("orders_idempotency_key_key")) {
            return database.transaction(connection -> earlier(connection, key)).map(Optional::orElseThrow);
        }
        if (PgErrors.isUnstorable(failure)) {
            return Future.failedFuture(
                    new Refusal(422, "unprocessable", "Cannot store the order: %s.".formatted(failure.getMessage())));
        }
        return Future.failedFuture(failure);
    }

    private Future<Void> place(SqlConnection connection, UUID id, JsonObject request, Key key) {
        EventType type = EventType.ofKey(request.getString("type", ""))
                .filter(known -> known != EventType.PULL)
                .orElseThrow(() -> new Refusal(
                        400,
                        "bad_request",
                        "Cannot take an order of type '%s'. Expected create, update or terminate."
                                .formatted(request.getValue("type"))));
        return type == EventType.CREATE
                ? create(connection, id, request, key)
                : change(connection, id, type, request, key);
    }

    private Future<Void> create(SqlConnection connection, UUID id, JsonObject request, Key key) {
        String reference = String.valueOf(request.getValue("offering"));
        return connection.preparedQuery(OFFERING).execute(Tuple.of(reference)).compose(rows -> {
            Row offering = rows.stream().findFirst().orElseThrow(() -> unknownOffering(reference));
            if (!request.getString("offering_type", offering.getString("offering_type"))
                    .equals(offering.getString("offering_type"))) {
                throw unknownOffering(reference);
            }
            OrderCheck check = new OrderCheck(offering);
            String name = check.name(request);
            UUID plan = check.planOfNew(request);
            JsonObject limits = check.limits(request, new JsonObject());
            JsonObject attributes = check.object(request, "attributes");
            JsonObject customer = check.label(request, "customer");
            JsonObject project = check.label(request, "project");
            JsonObject creator = check.creator(request);
            check.finish("create the resource");
            UUID resource = UUID.randomUUID();
            Future<?> inserted = connection
                    .preparedQuery(INSERT_RESOURCE)
                    .execute(Tuple.of(resource, name, offering.getUUID("offering_id"), plan, limits, attributes)
                            .addUUID(JsonRecords.optionalUuid(customer, "uuid"))
                            .addString(customer.getString("name"))
                            .addUUID(JsonRecords.optionalUuid(project, "uuid"))
                            .addString(project.getString("name")));
            NewOrder order = new NewOrder(
                    id, EventType.CREATE, resource, plan, limits, null, null, attributes, null, creator, key);
            return Future.all(inserted, insert(connection, order, offering)).mapEmpty();
        });
    }

    private Future<Void> change(SqlConnection connection, UUID id, EventType type, JsonObject request, Key key) {
        UUID resourceId = resourceId(request);
        return connection.preparedQuery(RESOURCE).execute(Tuple.of(resourceId)).compose(rows -> {
            Row resource = rows.stream().findFirst().orElseThrow(() -> Refusal.notFound("resource", resourceId));
            checkState(resource, type);
            return type == EventType.UPDATE
                    ? update(connection, id, resource, request, key)
                    : terminate(connection, id, resource, request, key);
        });
    }

    private Future<Void> update(SqlConnection connection, UUID id, Row resource, JsonObject request, Key key) {
        OrderCheck check = new OrderCheck(resource);
        UUID oldPlan = resource.getUUID("plan_id");
        JsonObject oldLimits = resource.getJsonObject("limits");
        UUID plan = check.planOf(request, oldPlan);
        JsonObject limits = check.limits(request, oldLimits);
        JsonObject attributes = check.object(request, "attributes");
        JsonObject creator = check.creator(request);
        boolean repair = resource.getString("state").equals("ERRED");
        if (!repair && Objects.equals(plan, oldPlan) && limits.equals(oldLimits)) {
            check.fault(
                    "",
                    "nothing to change: the resource has this plan and these limits. Expected another plan,"
                            + " other limits, or both");
        }
        check.finish("update the resource");
        NewOrder order = new NewOrder(
                id,
                EventType.UPDATE,
                resource.getUUID("id"),
                plan,
                limits,
                oldPlan,
                oldLimits,
                attributes,
                resource.getString("state"),
                creator,
                key);
        return setState(connection, order, "UPDATING").compose(done -> insert(connection, order, resource));
    }

    private Future<Void> terminate(SqlConnection connection, UUID id, Row resource, JsonObject request, Key key) {
        OrderCheck check = new OrderCheck(resource);
        JsonObject attributes = check.object(request, "attributes");
        JsonObject creator = check.creator(request);
        check.finish("terminate the resource");
        NewOrder order = new NewOrder(
                id,
                EventType.TERMINATE,
                resource.getUUID("id"),
                resource.getUUID("plan_id"),
                resource.getJsonObject("limits"),
                null,
                null,
                attributes,
                resource.getString("state"),
                creator,
                key);
        return setState(connection, order, "TERMINATING")
                .compose(done -> connection
                        .preparedQuery("UPDATE runs SET state = 'CANCELED', code = 'canceled', finished_at = now(),"
                                + " message = 'The resource is being terminated.', updated_at = now()"
                                + " WHERE resource_id = $1 AND event_type = 'pull' AND state = 'PENDING'")
                        .execute(Tuple.of(order.resource())))
                .compose(done -> insert(connection, order, resource));
    }

    private static Future<?> setState(SqlConnection connection, NewOrder order, String state) {
        return connection
                .preparedQuery("UPDATE resources SET state = $2, updated_at = now() WHERE id = $1")
                .execute(Tuple.of(order.resource(), state));
    }

    private record NewOrder(
            UUID id,
            EventType type,
            UUID resource,
            @Nullable UUID plan,
            JsonObject limits,
            @Nullable UUID oldPlan,
            @Nullable JsonObject oldLimits,
            JsonObject attributes,
            @Nullable String stateBefore,
            JsonObject creator,
            Key key) {}

    private static Future<Void> insert(SqlConnection connection, NewOrder order, Row offering) {
        Future<?> inserted = connection
                .preparedQuery(INSERT_ORDER)
                .execute(Tuple.of(order.id(), order.type().key(), order.resource(), order.plan(), order.limits())
                        .addUUID(order.oldPlan())
                        .addValue(order.oldLimits())
                        .addValue(order.attributes())
                        .addString(order.stateBefore())
                        .addString(order.creator().getString("email"))
                        .addString(order.creator().getString("username"))
                        .addString(order.key().key())
                        .addString(order.key().digest()));
        boolean handled = List.of(offering.getArrayOfStrings("handled"))
                .contains(order.type().key());
        Future<?> carriedOut = handled
                ? connection
                        .preparedQuery(INSERT_RUN)
                        .execute(Tuple.of(
                                UUID.randomUUID(),
                                order.type().key(),
                                offering.getString("offering_type"),
                                order.resource(),
                                order.id()))
                : new OrderEffects(connection).doneWithoutRun(order.id());
        return Future.all(inserted, carriedOut).mapEmpty();
    }

    private static void checkState(Row resource, EventType type) {
        String verb = type == EventType.UPDATE ? "update" : "terminate";
        String what = "Cannot %s resource '%s': ".formatted(verb, resource.getUUID("id"));
        if (resource.getBoolean("has_active_order")) {
            throw activeOrder();
        }
        if (resource.getString("state").equals("TERMINATED")) {
            throw new Refusal(409, "terminated", what + "it is terminated.");
        }
        if (type == EventType.UPDATE && !resource.getBoolean("provisioned")) {
            throw new Refusal(
                    409, "never_created", what + "its creation has not succeeded. Terminate it and order it anew.");
        }
    }

    private static Refusal activeOrder() {
        return new Refusal(
                409,
                "active_order",
                "Cannot take the order: another order of the resource is not finished. Wait for it, or cancel its run.");
    }

    private static Refusal unknownOffering(String reference) {
        return Refusal.unprocessable(
                "create the resource",
                List.of(new Fault(
                        "/offering", "there is no offering '%s'; give its UUID or name".formatted(reference))));
    }

    private static UUID resourceId(JsonObject request) {
        try {
            return JsonRecords.uuid(request, "resource");
        } catch (IllegalArgumentException malformed) {
            throw new Refusal(400, "bad_request", malformed.getMessage());
        }
    }

    private static String digest(JsonObject request) {
        try {
            byte[] canonical = String.valueOf(sorted(request)).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The same value whatever the order of members. */
    private static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            TreeMap<String, @Nullable Object> members = new TreeMap<>();
            object.fieldNames().forEach(name -> members.put(name, sorted(object.getValue(name))));
            return members;
        }
        return value instanceof JsonArray array
                ? array.stream().map(OrderService::sorted).toList()
                : value;
    }
}
