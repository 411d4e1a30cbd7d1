package io.factotum.host.offering;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.OfferingTraits;
import io.factotum.host.Refusal;
import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Offerings in PostgreSQL: every change of one locks its row, so that none is ordered of what is being removed. */
final class OfferingStore {

    private static final String COLUMNS = "SELECT id, type, revision, plans, settings FROM offerings WHERE ";

    private final Database database;

    OfferingStore(Database database) {
        this.database = database;
    }

    Future<Optional<StoredOffering>> find(UUID id) {
        return one(database.client(), COLUMNS + "id = $1", id);
    }

    Future<Optional<StoredOffering>> findByName(String name) {
        return one(database.client(), COLUMNS + "name = $1", name);
    }

    Future<Void> insert(UUID id, OfferingDraft draft, JsonObject sealed, OfferingTraits traits) {
        return database.client()
                .preparedQuery(
                        "INSERT INTO offerings (id, name, type, description, plans, components, settings, handled,"
                                + " timeout_ms, pull_interval_ms, idempotent, slots, failed_creation)"
                                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
                .execute(values(id, draft, sealed, traits))
                .mapEmpty();
    }

    /** Replaces that revision; fails with a refusal if it is no longer that, or if what is used would go. */
    Future<Void> replace(StoredOffering stored, OfferingDraft draft, JsonObject sealed, OfferingTraits traits) {
        return database.transaction(connection -> lock(connection, stored.id())
                .compose(locked -> {
                    if (locked.revision() != stored.revision()) {
                        throw changedMeanwhile(draft.name());
                    }
                    return checkUse(connection, locked, draft);
                })
                .compose(free -> connection
                        .preparedQuery("UPDATE offerings SET name = $2, type = $3, description = $4, plans = $5,"
                                + " components = $6, settings = $7, handled = $8, timeout_ms = $9,"
                                + " pull_interval_ms = $10, idempotent = $11, slots = $12, failed_creation = $13,"
                                + " revision = revision + 1,"
                                + " updated_at = now() WHERE id = $1")
                        .execute(values(stored.id(), draft, sealed, traits)))
                .compose(done -> schedulePulls(connection, stored.id(), traits)));
    }

    /** Removes it, if no resource was ever ordered of it. */
    Future<Void> delete(UUID id) {
        return database.transaction(connection -> lock(connection, id)
                .compose(locked -> connection
                        .preparedQuery("SELECT count(*) AS resources FROM resources WHERE offering_id = $1")
                        .execute(Tuple.of(id)))
                .compose(rows -> {
                    long resources = rows.iterator().next().getLong("resources");
                    if (resources > 0) {
                        throw new Refusal(
                                409,
                                "offering_used",
                                "Cannot delete offering '%s': %d resource(s) were ordered of it. Their history needs it."
                                        .formatted(id, resources));
                    }
                    return connection
                            .preparedQuery("DELETE FROM offerings WHERE id = $1")
                            .execute(Tuple.of(id));
                })
                .mapEmpty());
    }

    private static Future<StoredOffering> lock(SqlConnection connection, UUID id) {
        return one(connection, COLUMNS + "id = $1 FOR UPDATE", id)
                .map(found -> found.orElseThrow(() -> Refusal.notFound("offering", id)));
    }

    private static Future<Optional<StoredOffering>> one(SqlClient client, String sql, Object key) {
        return client.preparedQuery(sql)
                .execute(Tuple.of(key))
                .map(rows -> rows.stream().findFirst().map(StoredOffering::of));
    }

    private static Refusal changedMeanwhile(String name) {
        return new Refusal(
                409,
                "changed_meanwhile",
                "Cannot replace offering '%s': somebody else has just changed it. Read it again and decide."
                        .formatted(name));
    }

    private static Future<Void> checkUse(SqlConnection connection, StoredOffering stored, OfferingDraft draft) {
        return used(connection, USED_PLANS, stored.id(), row -> row.getUUID(0).toString())
                .compose(plans -> {
                    refuseIfGone(
                            "plan",
                            plans,
                            draft.planIds().stream().map(UUID::toString).collect(Collectors.toSet()),
                            draft);
                    return used(connection, USED_COMPONENTS, stored.id(), row -> row.getString(0));
                })
                .compose(components -> {
                    refuseIfGone("component", components, draft.componentTypes(), draft);
                    return stored.type().equals(draft.type())
                            ? Future.succeededFuture(Set.<String>of())
                            : used(connection, LIVING_RESOURCES, stored.id(), row -> row.getUUID(0)
                                    .toString());
                })
                .map(living -> {
                    if (!living.isEmpty()) {
                        throw inUse(draft, "its type", living);
                    }
                    return null;
                });
    }

    private static void refuseIfGone(String what, Set<String> used, Set<String> kept, OfferingDraft draft) {
        List<String> gone = used.stream().filter(id -> !kept.contains(id)).toList();
        if (!gone.isEmpty()) {
            throw inUse(draft, what, gone);
        }
    }

    private static Refusal inUse(OfferingDraft draft, String what, Collection<String> which) {
        return new Refusal(
                409,
                "offering_used",
                "Cannot replace offering '%s': resources that are not terminated use %s %s. Keep it, or terminate them first."
                        .formatted(draft.name(), what, String.join(", ", which)));
    }

    private static Future<Set<String>> used(
            SqlConnection connection, String sql, UUID id, Function<io.vertx.sqlclient.Row, String> read) {
        return connection.preparedQuery(sql).execute(Tuple.of(id)).map(rows -> rows.stream()
                .map(read)
                .collect(Collectors.toSet()));
    }

    /** Resources that are there begin or cease to be pulled with the offering. */
    private static Future<Void> schedulePulls(SqlConnection connection, UUID id, OfferingTraits traits) {
        String sql = traits.handled().contains(EventType.PULL)
                ? "UPDATE resources SET next_pull_at = now() + interval '1 minute' WHERE offering_id = $1 AND provisioned"
                        + " AND state IN ('OK', 'ERRED') AND next_pull_at IS NULL"
                : "UPDATE resources SET next_pull_at = NULL WHERE offering_id = $1 AND next_pull_at IS NOT NULL";
        return connection.preparedQuery(sql).execute(Tuple.of(id)).mapEmpty();
    }

    private static Tuple values(UUID id, OfferingDraft draft, JsonObject sealed, OfferingTraits traits) {
        return Tuple.from(new ArrayList<>(List.of(
                        id,
                        draft.name(),
                        draft.type(),
                        draft.description(),
                        draft.plans(),
                        draft.components(),
                        sealed,
                        keys(traits.handled()),
                        traits.timeout().toMillis(),
                        traits.pullInterval().toMillis(),
                        keys(traits.idempotent()))))
                .addInteger(draft.slots())
                .addString(draft.failedCreation());
    }

    private static String[] keys(Set<EventType> events) {
        return events.stream().sorted().map(EventType::key).toArray(String[]::new);
    }

    private static final String LIVING_RESOURCES =
            "SELECT id FROM resources WHERE offering_id = $1 AND state <> 'TERMINATED' ORDER BY seq LIMIT 5";

    private static final String USED_PLANS = """
            SELECT plan_id FROM resources WHERE offering_id = $1 AND state <> 'TERMINATED' AND plan_id IS NOT NULL
            UNION
            SELECT o.plan_id FROM orders o JOIN resources r ON r.id = o.resource_id
             WHERE r.offering_id = $1 AND o.state IN ('PENDING', 'EXECUTING') AND o.plan_id IS NOT NULL""";

    private static final String USED_COMPONENTS = """
            SELECT jsonb_object_keys(limits) FROM resources WHERE offering_id = $1 AND state <> 'TERMINATED'
            UNION
            SELECT jsonb_object_keys(o.limits) FROM orders o JOIN resources r ON r.id = o.resource_id
             WHERE r.offering_id = $1 AND o.state IN ('PENDING', 'EXECUTING')
            UNION
            SELECT g.component FROM usages g JOIN resources r ON r.id = g.resource_id
             WHERE r.offering_id = $1 AND r.state <> 'TERMINATED'""";
}
