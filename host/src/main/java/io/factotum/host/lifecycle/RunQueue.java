package io.factotum.host.lifecycle;

import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * The runs table as a queue with leases. Times are PostgreSQL's, so that the clocks of several hosts do not matter.
 *
 * <p>A run is claimable when it is due, its plugin is served here, no other run of its resource is under way, and it is
 * no pull of a resource whose order waits. Every method is safe to repeat.
 */
final class RunQueue {

    private static final String TAKE = """
            UPDATE runs SET state = 'RUNNING', attempt = attempt + 1, lease_owner = $1,
                   lease_until = now() + make_interval(secs => $2), claimed_at = clock_timestamp(),
                   first_claimed_at = coalesce(first_claimed_at, now()), updated_at = now()
            FROM due WHERE runs.id = due.id RETURNING runs.id
            """;

    /** The event as it is sent, and that its order is being carried out. */
    private static final String KEEP = """
            WITH run AS (UPDATE runs SET event = $2, deadline = $3 WHERE id = $1 RETURNING order_id)
            UPDATE orders SET state = 'EXECUTING', updated_at = now()
            FROM run WHERE orders.id = run.order_id AND orders.state = 'PENDING'
            """;

    private static final String CLAIM_PENDING = FairClaim.DUE + TAKE;

    private static final String CLAIM_EXPIRED = """
            WITH due AS (
                SELECT r.id FROM runs r
                WHERE r.state = 'RUNNING' AND r.lease_until < now() AND r.plugin = ANY ($3) AND r.id <> ALL ($5)
                ORDER BY r.lease_until LIMIT $4 FOR UPDATE OF r SKIP LOCKED)
            """ + TAKE;

    private final Database database;
    private final String owner;
    private final UUID installId;
    private final Duration lease;
    private final FairClaim.Limits limits;

    RunQueue(Database database, String owner, UUID installId, Duration lease, FairClaim.Limits limits) {
        this.database = database;
        this.owner = owner;
        this.installId = installId;
        this.lease = lease;
        this.limits = limits;
    }

    /**
     * Claims due runs for this host, orders before pulls and fairly between offerings.
     *
     * @param pullsFirst how many pulls go before the orders
     * @param inFlight runs that this host still has in hand, which it must not send twice
     */
    Future<List<Delivery>> claimPending(Set<String> plugins, int most, int pullsFirst, Set<UUID> inFlight) {
        Tuple values = claim(plugins, most, inFlight)
                .addInteger(pullsFirst)
                .addInteger(limits.perOffering())
                .addInteger(limits.perCustomer());
        return claim(connection -> {
            Future<?> turn = connection.query(FairClaim.TAKE_TURN).execute();
            Future<RowSet<Row>> claimed =
                    connection.preparedQuery(CLAIM_PENDING).execute(values);
            return Future.all(turn, claimed).map(both -> claimed.result());
        });
    }

    /** Whether a claim might find something: much cheaper than one that finds nothing. */
    Future<Boolean> isAnyDue(Set<String> plugins) {
        return database.client()
                .preparedQuery("SELECT EXISTS (SELECT FROM runs"
                        + " WHERE state = 'PENDING' AND due_at <= now() AND plugin = ANY ($1)) AS due")
                .execute(Tuple.of((Object) plugins.toArray(String[]::new)))
                .map(rows -> rows.iterator().next().getBoolean("due"));
    }

    /** Claims runs whose lease has run out, whoever held it: they count for every limit already. */
    Future<List<Delivery>> claimExpired(Set<String> plugins, int most, Set<UUID> inFlight) {
        Tuple values = claim(plugins, most, inFlight);
        return claim(connection -> connection.preparedQuery(CLAIM_EXPIRED).execute(values));
    }

    /** Whether a claim may leave out runs that the next would take: those behind runs of a customer at its limit. */
    boolean mayLeaveOut() {
        return limits.perCustomer() != null;
    }

    private Tuple claim(Set<String> plugins, int most, Set<UUID> inFlight) {
        return Tuple.of(
                owner,
                (double) lease.toMillis() / 1000,
                plugins.toArray(String[]::new),
                most,
                inFlight.toArray(UUID[]::new));
    }

    private Future<List<Delivery>> claim(Function<SqlConnection, Future<RowSet<Row>>> take) {
        return database.retrying(
                "claim runs",
                () -> database.transaction(connection -> take.apply(connection)
                        .compose(rows -> rows.size() == 0
                                ? Future.succeededFuture(List.<Delivery>of())
                                : read(connection, rows))));
    }

    private Future<List<Delivery>> read(SqlConnection connection, RowSet<Row> claimed) {
        List<Tuple> ids =
                claimed.stream().map(row -> Tuple.of(row.getUUID("id"))).toList();
        return connection
                .preparedQuery(EventSnapshot.SELECT + " WHERE r.id = $1")
                .executeBatch(ids)
                .map(this::deliveries)
                .compose(deliveries -> keep(connection, deliveries).map(deliveries));
    }

    private List<Delivery> deliveries(RowSet<Row> first) {
        List<Delivery> deliveries = new ArrayList<>();
        for (RowSet<Row> one = first; one != null; one = one.next()) {
            one.forEach(row -> deliveries.add(EventSnapshot.delivery(row, installId)));
        }
        return deliveries;
    }

    private static Future<?> keep(SqlConnection connection, List<Delivery> deliveries) {
        return connection
                .preparedQuery(KEEP)
                .executeBatch(deliveries.stream()
                        .map(delivery -> Tuple.of(
                                delivery.runId(),
                                EventSnapshot.stored(delivery.event()),
                                delivery.event().deadline().atOffset(ZoneOffset.UTC)))
                        .toList());
    }

    /**
     * Renews the leases of the runs that this host has in hand.
     *
     * @return of those it still holds, whether somebody has asked to cancel it
     */
    Future<Map<UUID, Boolean>> renew(Collection<UUID> runs) {
        return database.client()
                .preparedQuery("UPDATE runs SET lease_until = now() + make_interval(secs => $3)"
                        + " WHERE id = ANY ($1) AND lease_owner = $2 AND state = 'RUNNING'"
                        + " RETURNING id, cancel_requested_at IS NOT NULL AS canceled")
                .execute(Tuple.of(runs.toArray(UUID[]::new), owner, (double) lease.toMillis() / 1000))
                .map(rows -> {
                    Map<UUID, Boolean> held = new HashMap<>();
                    for (Row row : rows) {
                        held.put(row.getUUID("id"), row.getBoolean("canceled"));
                    }
                    return held;
                });
    }

    /** Lets every lease of this host run out now: it has just started, or stops, and holds nothing in hand. */
    Future<Integer> releaseAll() {
        return database.retrying("release leases", () -> database.client()
                .preparedQuery("UPDATE runs SET lease_until = now() WHERE lease_owner = $1 AND state = 'RUNNING'")
                .execute(Tuple.of(owner))
                .map(rows -> rows.rowCount()));
    }

    /** Lets the leases of these runs run out now, if they are this host's: nobody has them in hand any more. */
    Future<Void> release(Collection<UUID> runs) {
        return database.retrying("release the leases of some runs", () -> database.client()
                .preparedQuery("UPDATE runs SET lease_until = now() WHERE id = ANY ($1) AND lease_owner = $2"
                        + " AND state = 'RUNNING'")
                .execute(Tuple.of(runs.toArray(UUID[]::new), owner))
                .mapEmpty());
    }

    /** Puts a run back that no plugin took: it waits until its plugin is served. */
    Future<Void> giveBack(Delivery delivery) {
        boolean begun = delivery.event().begun();
        return database.retrying("give back a run", () -> database.client()
                // A run that may have begun stays RUNNING with its lease run out: only adoption may follow.
                .preparedQuery("UPDATE runs SET attempt = attempt - 1, lease_until = now(), updated_at = now(),"
                        + " state = CASE WHEN $3 THEN state ELSE 'PENDING' END"
                        + " WHERE id = $1 AND lease_owner = $2 AND state = 'RUNNING'")
                .execute(Tuple.of(delivery.runId(), owner, begun))
                .mapEmpty());
    }
}
