package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.Change;
import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.OrderRef;
import io.factotum.api.resource.Component;
import io.factotum.api.resource.JsonRecords;
import io.factotum.api.resource.Offering;
import io.factotum.api.resource.Plan;
import io.factotum.host.storage.PgResourceStore;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The event of a run as it stands in the database now. */
final class EventSnapshot {

    /** Joins all that an event tells; to be ended with a condition on {@code r}. */
    static final String SELECT = """
            SELECT r.id, r.event_type, r.plugin, r.created_at, r.attempt, r.failures, r.begun_at, r.cancel_requested_at, now() AS time_now,
                   res.id AS resource_id, res.name AS resource_name, res.state AS resource_state, res.plan_id,
                   res.limits, res.attributes, res.backend_id, res.backend_metadata,
                   res.customer_uuid, res.customer_name, res.project_uuid, res.project_name,
                   off.id AS offering_id, off.name AS offering_name, off.type AS offering_type, off.revision,
                   off.plans, off.components, off.settings, off.timeout_ms,
                   ord.id AS order_id, ord.plan_id AS order_plan_id, ord.limits AS order_limits,
                   ord.old_plan_id, ord.old_limits, ord.attributes AS order_attributes,
                   ord.creator_email, ord.creator_username
            FROM runs r
            JOIN resources res ON res.id = r.resource_id
            JOIN offerings off ON off.id = res.offering_id
            LEFT JOIN orders ord ON ord.id = r.order_id
            """;

    private final Row row;
    private final List<Plan> plans;

    private EventSnapshot(Row row) {
        this.row = row;
        this.plans = JsonRecords.list(row.getJsonArray("plans"), Plan::fromJson);
    }

    static Delivery delivery(Row row, UUID installId) {
        EventSnapshot snapshot = new EventSnapshot(row);
        return new Delivery(
                row.getString("plugin"), snapshot.event(installId), snapshot.instant("cancel_requested_at") != null);
    }

    private LifecycleEvent event(UUID installId) {
        EventType type = EventType.ofKey(row.getString("event_type")).orElseThrow();
        Instant begun = instant("begun_at");
        Instant from = begun == null ? row.getOffsetDateTime("time_now").toInstant() : begun;
        return new LifecycleEvent(
                row.getUUID("id"),
                "/factotum/" + installId,
                type,
                row.getOffsetDateTime("created_at").toInstant(),
                PgResourceStore.resource(row),
                offering(),
                change(type),
                order(),
                row.getInteger("attempt"),
                begun != null,
                row.getInteger("failures") + 1,
                from.plus(Duration.ofMillis(row.getLong("timeout_ms"))));
    }

    private Offering offering() {
        return new Offering(
                row.getUUID("offering_id"),
                row.getString("offering_name"),
                row.getString("offering_type"),
                row.getInteger("revision"),
                JsonRecords.list(row.getJsonArray("components"), Component::fromJson),
                row.getJsonObject("settings"));
    }

    private Change change(EventType type) {
        JsonObject limits = row.getJsonObject("limits");
        return switch (type) {
            case CREATE ->
                new Change(
                        plan("order_plan_id"), row.getJsonObject("order_limits"), null, null, false, orderAttributes());
            case UPDATE ->
                new Change(
                        plan("order_plan_id"),
                        row.getJsonObject("order_limits"),
                        plan("old_plan_id"),
                        row.getJsonObject("old_limits"),
                        !row.getJsonObject("order_limits").equals(row.getJsonObject("old_limits")),
                        orderAttributes());
            case TERMINATE -> new Change(plan("plan_id"), limits, null, null, false, orderAttributes());
            case PULL -> new Change(plan("plan_id"), limits, null, null, false, row.getJsonObject("attributes"));
        };
    }

    private JsonObject orderAttributes() {
        return row.getJsonObject("order_attributes");
    }

    private @Nullable OrderRef order() {
        UUID order = row.getUUID("order_id");
        return order == null
                ? null
                : new OrderRef(order, row.getString("creator_email"), row.getString("creator_username"));
    }

    private @Nullable Plan plan(String column) {
        UUID id = row.getUUID(column);
        return plans.stream().filter(plan -> plan.uuid().equals(id)).findFirst().orElse(null);
    }

    private @Nullable Instant instant(String column) {
        return row.getOffsetDateTime(column) == null
                ? null
                : row.getOffsetDateTime(column).toInstant();
    }

    /** What is kept of an event with its run: all but the offering's settings, which hold scripts and sealed secrets. */
    static JsonObject stored(LifecycleEvent event) {
        JsonObject json = event.toJson();
        json.getJsonObject("data").getJsonObject("offering").remove("settings");
        return json;
    }
}
