package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.Fault;
import io.factotum.api.resource.JsonRecords;
import io.factotum.host.Refusal;
import io.factotum.host.lifecycle.OrderService.Key;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes one order with its run, and for a creation its resource; part of a transaction. */
final class OrderPlacement {

    private static final String OFFERING = """
            SELECT id AS offering_id, name AS offering_name, type AS offering_type, plans, components, handled
            FROM offerings WHERE id::text = $1 OR name = $1 FOR KEY SHARE
            """;

    private static final String RESOURCE = """
            SELECT res.id, res.name, res.state, res.provisioned, res.plan_id, res.limits,
                   off.id AS offering_id, off.name AS offering_name, off.type AS offering_type, off.plans,
                   off.components, off.handled,
                   EXISTS (SELECT FROM orders o WHERE o.resource_id = res.id AND o.state IN ('PENDING', 'EXECUTING'))
                       AS has_active_order
            FROM resources res JOIN offerings off ON off.id = res.offering_id
            WHERE res.id = $1 FOR UPDATE OF res FOR KEY SHARE OF off
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
            INSERT INTO runs (id, event_type, plugin, resource_id, order_id, offering_id, customer, state)
            SELECT $1, $2, $3, res.id, $5, res.offering_id, coalesce(res.customer_uuid::text, res.customer_name),
                   'PENDING'
            FROM resources res WHERE res.id = $4
            """;

    private final SqlConnection connection;
    private final UUID id;
    private final Key key;

    /** Of an order with that id. */
    OrderPlacement(SqlConnection connection, UUID id, Key key) {
        this.connection = connection;
        this.id = id;
        this.key = key;
    }

    /** Checks the request and writes the order. Fails with {@link Refusal} if it cannot be placed. */
    Future<Void> place(JsonObject request) {
        EventType type = EventType.ofKey(request.getString("type", ""))
                .filter(known -> known != EventType.PULL)
                .orElseThrow(() -> new Refusal(
                        400,
                        "bad_request",
                        "Cannot take an order of type '%s'. Expected create, update or terminate."
                                .formatted(request.getValue("type"))));
        return type == EventType.CREATE ? create(request) : change(type, request);
    }

    private Future<Void> create(JsonObject request) {
        String reference = String.valueOf(request.getValue("offering"));
        return connection.preparedQuery(OFFERING).execute(Tuple.of(reference)).compose(rows -> {
            Row offering = rows.stream().findFirst().orElseThrow(() -> unknownOffering(reference));
            if (!request.getString("offering_type", offering.getString("offering_type"))
                    .equals(offering.getString("offering_type"))) {
                throw unknownOffering(reference);
            }
            OrderCheck check = new OrderCheck(offering);
            check.names(request, EventType.CREATE);
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
            NewOrder order =
                    new NewOrder(EventType.CREATE, resource, plan, limits, null, null, attributes, null, creator);
            return Future.all(inserted, insert(order, offering)).mapEmpty();
        });
    }

    private Future<Void> change(EventType type, JsonObject request) {
        UUID resourceId = resourceId(request);
        return connection.preparedQuery(RESOURCE).execute(Tuple.of(resourceId)).compose(rows -> {
            Row resource = rows.stream().findFirst().orElseThrow(() -> Refusal.notFound("resource", resourceId));
            checkState(resource, type);
            return type == EventType.UPDATE ? update(resource, request) : terminate(resource, request);
        });
    }

    private Future<Void> update(Row resource, JsonObject request) {
        OrderCheck check = new OrderCheck(resource);
        check.names(request, EventType.UPDATE);
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
                EventType.UPDATE,
                resource.getUUID("id"),
                plan,
                limits,
                oldPlan,
                oldLimits,
                attributes,
                resource.getString("state"),
                creator);
        return setState(order, "UPDATING").compose(done -> insert(order, resource));
    }

    private Future<Void> terminate(Row resource, JsonObject request) {
        OrderCheck check = new OrderCheck(resource);
        check.names(request, EventType.TERMINATE);
        JsonObject attributes = check.object(request, "attributes");
        JsonObject creator = check.creator(request);
        check.finish("terminate the resource");
        NewOrder order = new NewOrder(
                EventType.TERMINATE,
                resource.getUUID("id"),
                resource.getUUID("plan_id"),
                resource.getJsonObject("limits"),
                null,
                null,
                attributes,
                resource.getString("state"),
                creator);
        return setState(order, "TERMINATING")
                .compose(done -> connection
                        .preparedQuery("UPDATE runs SET state = 'CANCELED', code = 'canceled', finished_at = now(),"
                                + " message = 'The resource is being terminated.', updated_at = now()"
                                + " WHERE resource_id = $1 AND event_type = 'pull' AND state = 'PENDING'")
                        .execute(Tuple.of(order.resource())))
                .compose(done -> insert(order, resource));
    }

    private Future<?> setState(NewOrder order, String state) {
        return connection
                .preparedQuery("UPDATE resources SET state = $2, updated_at = now() WHERE id = $1")
                .execute(Tuple.of(order.resource(), state));
    }

    private record NewOrder(
            EventType type,
            UUID resource,
            @Nullable UUID plan,
            JsonObject limits,
            @Nullable UUID oldPlan,
            @Nullable JsonObject oldLimits,
            JsonObject attributes,
            @Nullable String stateBefore,
            JsonObject creator) {}

    private Future<Void> insert(NewOrder order, Row offering) {
        Future<?> inserted = connection
                .preparedQuery(INSERT_ORDER)
                .execute(Tuple.of(id, order.type().key(), order.resource(), order.plan(), order.limits())
                        .addUUID(order.oldPlan())
                        .addValue(order.oldLimits())
                        .addValue(order.attributes())
                        .addString(order.stateBefore())
                        .addString(order.creator().getString("email"))
                        .addString(order.creator().getString("username"))
                        .addString(key.key())
                        .addString(key.digest()));
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
                                id))
                : new OrderEffects(connection).doneWithoutRun(id);
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

    static Refusal activeOrder() {
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
            throw new Refusal(400, "bad_request", String.valueOf(malformed.getMessage()));
        }
    }
}
