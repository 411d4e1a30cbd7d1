package io.factotum.host.lifecycle;

import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a run for each resource whose pull is due, in batches; and what follows from the calendar: recurring usage of a
 * new month, and pull runs that are old enough to be forgotten.
 *
 * <p>Any number of hosts may do it at once. Hours missed are made up by one pull: the next time is always ahead.
 */
final class PullScheduler {

    private static final Logger LOG = LoggerFactory.getLogger(PullScheduler.class);
    private static final int BATCH = 200;
    private static final Duration KEEP_HOUSE = Duration.ofHours(1);

    private static final String DUE = """
            WITH due AS (
                SELECT res.id, res.offering_id, off.type, %s AS next_pull_at,
                       coalesce(res.customer_uuid::text, res.customer_name) AS customer
                FROM resources res JOIN offerings off ON off.id = res.offering_id
                WHERE res.next_pull_at <= now() AND res.provisioned AND res.state IN ('OK', 'ERRED')
                  AND 'pull' = ANY (off.handled)
                ORDER BY res.next_pull_at LIMIT $1 FOR UPDATE OF res SKIP LOCKED),
            moved AS (
                UPDATE resources SET next_pull_at = due.next_pull_at FROM due WHERE resources.id = due.id)
            INSERT INTO runs (id, event_type, plugin, resource_id, offering_id, customer, state)
            SELECT gen_random_uuid(), 'pull', type, id, offering_id, customer, 'PENDING' FROM due
            ON CONFLICT (resource_id) WHERE state = 'PENDING' AND event_type = 'pull' DO NOTHING
            """.formatted(OrderEffects.NEXT_PULL);

    private static final String CARRY_OVER = """
            INSERT INTO usages (resource_id, component, month, amount, description, recurring)
            SELECT u.resource_id, u.component, m::date, u.amount, u.description, true
            FROM (SELECT DISTINCT ON (resource_id, component) * FROM usages
                  WHERE month <= date_trunc('month', now() AT TIME ZONE 'UTC')
                  ORDER BY resource_id, component, month DESC) u
            JOIN resources res ON res.id = u.resource_id AND res.state <> 'TERMINATED'
            CROSS JOIN generate_series(u.month + interval '1 month',
                                       date_trunc('month', now() AT TIME ZONE 'UTC'), interval '1 month') m
            WHERE u.recurring
            ON CONFLICT DO NOTHING
            """;

    private static final String FORGET = """
            DELETE FROM runs WHERE event_type = 'pull' AND finished_at < now() - make_interval(secs => $1)
            """;

    private final Vertx vertx;
    private final Database database;
    private final Runnable wakeDispatcher;
    private final Duration look;
    private final Duration keepPullRuns;
    private long lookTimer = -1;
    private long houseTimer = -1;
    private boolean busy;

    PullScheduler(Vertx vertx, Database database, Runnable wakeDispatcher, Duration look, Duration keepPullRuns) {
        this.vertx = vertx;
        this.database = database;
        this.wakeDispatcher = wakeDispatcher;
        this.look = look;
        this.keepPullRuns = keepPullRuns;
    }

    void start() {
        lookTimer = vertx.setPeriodic(0, look.toMillis(), fired -> schedule());
        houseTimer = vertx.setPeriodic(0, KEEP_HOUSE.toMillis(), fired -> keepHouse());
    }

    void stop() {
        vertx.cancelTimer(lookTimer);
        vertx.cancelTimer(houseTimer);
    }

    private void schedule() {
        if (busy) {
            return;
        }
        busy = true;
        batch().onFailure(failure -> LOG.warn("Cannot schedule pulls now; trying again: {}", failure.getMessage()))
                .onComplete(done -> busy = false);
    }

    private Future<Void> batch() {
        return database.client().preparedQuery(DUE).execute(Tuple.of(BATCH)).compose(rows -> {
            if (rows.rowCount() > 0) {
                wakeDispatcher.run();
            }
            return rows.rowCount() == BATCH ? batch() : Future.succeededFuture();
        });
    }

    private void keepHouse() {
        database.client()
                .query(CARRY_OVER)
                .execute()
                .compose(done ->
                        database.client().preparedQuery(FORGET).execute(Tuple.of(keepPullRuns.toMillis() / 1000.0)))
                .onFailure(failure -> LOG.warn("Cannot keep house now; trying again: {}", failure.getMessage()));
    }
}
