package io.factotum.host.storage;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Map;

/** How each noun is read and shown. */
final class Views {

    /** Without its settings, which only its plugin can show. */
    static final View OFFERING = View.of(
            "f.id, f.name, f.type, f.description, f.revision, f.plans, f.components, f.handled, f.timeout_ms,"
                    + " f.pull_interval_ms, f.idempotent, f.slots, f.failed_creation, f.created_at, f.updated_at",
            "offerings f",
            "f.id",
            newestFirst("f"),
            Map.of("type", "f.type = ?", "name", contains("f.name")),
            Views::offering);

    static final View RESOURCE = View.of(
            "r.id, r.name, r.offering_id, f.name AS offering_name, %s AS plan, r.limits, r.attributes, r.state,"
                            .formatted(plan("r.plan_id"))
                    + " r.backend_id, r.backend_metadata, r.endpoints, r.reported_at, r.customer_uuid, r.customer_name,"
                    + " r.project_uuid, r.project_name, r.error_message, r.last_pull, r.next_pull_at, r.created_at,"
                    + " r.updated_at, r.terminated_at",
            "resources r JOIN offerings f ON f.id = r.offering_id",
            "r.id",
            newestFirst("r"),
            Map.of(
                    "state", "r.state = ?",
                    "offering", either("f.id", "f.name"),
                    "customer", either("r.customer_uuid", "r.customer_name"),
                    "project", either("r.project_uuid", "r.project_name"),
                    "name", contains("r.name")),
            Views::resource);

    static final View ORDER = View.of(
            "o.id, o.type, o.resource_id, r.name AS resource_name, o.state, %s AS plan, o.limits, %s AS old_plan,"
                            .formatted(plan("o.plan_id"), plan("o.old_plan_id"))
                    + " o.old_limits, o.attributes, o.creator_email, o.creator_username, o.caused_by, o.code, o.message,"
                    + " (SELECT u.id FROM runs u WHERE u.order_id = o.id ORDER BY u.seq DESC LIMIT 1) AS run,"
                    + " o.created_at, o.updated_at, o.finished_at",
            "orders o JOIN resources r ON r.id = o.resource_id JOIN offerings f ON f.id = r.offering_id",
            "o.id",
            newestFirst("o"),
            Map.of("state", "o.state = ?", "type", "o.type = ?", "resource", "o.resource_id = ?::uuid"),
            Views::order);

    static final View RUN = View.of(
            "u.id, u.event_type, u.plugin, u.resource_id, r.name AS resource_name, u.order_id, u.state, u.due_at,"
                    + " u.attempt, u.failures, u.begun_at, u.lease_owner, u.lease_until, u.deadline,"
                    + " u.cancel_requested_at, u.executor, u.reference, u.image, u.exit_code, u.exit_reason, u.code, u.message,"
                    + " u.result, u.created_at, u.updated_at, u.started_at, u.ended_at, u.finished_at",
            "runs u JOIN resources r ON r.id = u.resource_id",
            "u.id",
            newestFirst("u"),
            Map.of(
                    "state", "u.state = ?",
                    "event_type", "u.event_type = ?",
                    "resource", "u.resource_id = ?::uuid",
                    "order", "u.order_id = ?::uuid"),
            Views::run);

    static final View USAGE = View.of(
            "g.resource_id, r.name AS resource_name, g.component, to_char(g.month, 'YYYY-MM') AS month,"
                    + " g.amount::text AS amount, g.description, g.recurring, g.run_id AS run, g.reported_at",
            "usages g JOIN resources r ON r.id = g.resource_id",
            "g.resource_id",
            List.of(
                    new SortKey("g.month", SortKey.Type.DATE),
                    new SortKey("g.resource_id", SortKey.Type.UUID),
                    new SortKey("g.component", SortKey.Type.TEXT)),
            Map.of(
                    "month", "g.month = to_date(?, 'YYYY-MM')",
                    "component", "g.component = ?",
                    "resource", "g.resource_id = ?::uuid"),
            Views::usage);

    private Views() {}

    private static JsonObject offering(Row row) {
        return new RowJson(row)
                .value("uuid", row.getUUID("id"))
                .columns("name", "type", "description", "revision", "plans", "components")
                .value(
                        "traits",
                        new RowJson(row)
                                .columns("handled", "idempotent")
                                .duration("timeout", "timeout_ms")
                                .duration("pull_interval", "pull_interval_ms")
                                .json())
                .columns("slots", "failed_creation", "created_at", "updated_at")
                .json();
    }

    private static JsonObject resource(Row row) {
        return new RowJson(row)
                .value("uuid", row.getUUID("id"))
                .columns("name", "state")
                .object("offering", "uuid", "offering_id", "name", "offering_name")
                .columns("plan", "limits", "attributes", "backend_id", "backend_metadata", "endpoints")
                .object("customer", "uuid", "customer_uuid", "name", "customer_name")
                .object("project", "uuid", "project_uuid", "name", "project_name")
                .columns("error_message", "last_pull", "next_pull_at", "reported_at")
                .columns("created_at", "updated_at", "terminated_at")
                .json();
    }

    private static JsonObject order(Row row) {
        return new RowJson(row)
                .value("uuid", row.getUUID("id"))
                .columns("type", "state")
                .object("resource", "uuid", "resource_id", "name", "resource_name")
                .columns("plan", "limits", "old_plan", "old_limits", "attributes")
                .object("creator", "email", "creator_email", "username", "creator_username")
                .columns("caused_by", "code", "message", "run", "created_at", "updated_at", "finished_at")
                .json();
    }

    private static JsonObject run(Row row) {
        return new RowJson(row)
                .value("uuid", row.getUUID("id"))
                .columns("event_type", "plugin", "state")
                .object("resource", "uuid", "resource_id", "name", "resource_name")
                .value("order", row.getUUID("order_id"))
                .columns("attempt", "failures", "executor", "reference", "image", "exit_code", "exit_reason")
                .columns("code", "message", "result", "due_at", "begun_at", "lease_owner", "lease_until", "deadline")
                .columns("cancel_requested_at", "created_at", "updated_at", "started_at", "ended_at", "finished_at")
                .json();
    }

    private static JsonObject usage(Row row) {
        return new RowJson(row)
                .object("resource", "uuid", "resource_id", "name", "resource_name")
                .columns("component", "month", "amount", "description", "recurring", "run", "reported_at")
                .json();
    }

    private static List<SortKey> newestFirst(String table) {
        return List.of(new SortKey(table + ".seq", SortKey.Type.BIGINT));
    }

    private static String contains(String column) {
        return "position(lower(?) IN lower(%s)) > 0".formatted(column);
    }

    /** By uuid, dashed or not, or by name. */
    private static String either(String uuid, String name) {
        return "(replace(%s::text, '-', '') = replace(lower(?), '-', '') OR %s = ?)".formatted(uuid, name);
    }

    /** A plan by its id, with its name as long as the offering still has it. */
    private static String plan(String id) {
        return """
                CASE WHEN %1$s IS NOT NULL THEN coalesce(
                    (SELECT jsonb_build_object('uuid', p -> 'uuid', 'name', p -> 'name')
                       FROM jsonb_array_elements(f.plans) p WHERE p ->> 'uuid' = %1$s::text),
                    jsonb_build_object('uuid', %1$s)) END""".formatted(id);
    }
}
