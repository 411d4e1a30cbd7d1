package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.lifecycle.RunTrace;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PgErrors;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits how a run ended, and what follows from it for the order, the resource, usages and report, in one transaction
 * that is safe to repeat: a run that has ended already is left as it is.
 */
final class ResultStore {

    private static final Logger LOG = LoggerFactory.getLogger(ResultStore.class);

    private static final String LOCK = """
            SELECT r.state, r.attempt, r.failures, r.order_id, r.resource_id, r.event_type, r.begun_at,
                   r.first_claimed_at, r.cancel_requested_at, now() AS time_now, off.idempotent, off.handled
            FROM runs r
            JOIN resources res ON res.id = r.resource_id
            JOIN offerings off ON off.id = res.offering_id
            WHERE r.id = $1 FOR UPDATE OF r
            """;

    /** Before its run, in every transaction that locks both: else two of them could wait for each other. */
    static final String LOCK_RESOURCE = "SELECT FROM resources WHERE id = $1 FOR UPDATE";

    /** What became of it. */
    enum Stored {
        /** The run has ended. */
        ENDED,
        /** It will be tried again. */
        RETRIED,
        /** It had ended before: nothing was changed. */
        UNCHANGED,
        /** It has been given to another delivery, whose word counts: nothing was changed. */
        STALE
    }

    private final Database database;
    private final RetryPolicy policy;

    ResultStore(Database database, RetryPolicy policy) {
        this.database = database;
        this.policy = policy;
    }

    /** Commits the result of a delivery; lost connections are retried until it is on disk. */
    Future<Stored> store(LifecycleEvent event, LifecycleResult result) {
        return database.retrying(
                        "store the result of run " + event.id(),
                        () -> database.transaction(connection -> store(connection, event, result)))
                .recover(failure -> {
                    if (!PgErrors.isUnstorable(failure)) {
                        return Future.failedFuture(failure);
                    }
                    LOG.warn("Cannot store the result of a run as it is run={}: {}", event.id(), failure.getMessage());
                    return store(event, unstorable(result, failure));
                });
    }

    /** What PostgreSQL refuses to hold must not keep a run from ending: it fails, with what can be told. */
    private static LifecycleResult unstorable(LifecycleResult result, Throwable failure) {
        RunTrace trace = result.trace();
        LifecycleResult failed = LifecycleResult.failed(
                        Outcome.FAILED,
                        "result_not_storable",
                        "Cannot store the result: %s. Expected values that fit PostgreSQL's text, jsonb and numeric types."
                                .formatted(failure.getMessage()))
                .with(new RunTrace(
                        trace.exitCode(), trace.exitReason(), trace.startedAt(), trace.finishedAt(), trace.image()));
        String backendId = result.backendId();
        // Without it a termination could not find what was made.
        return backendId == null || backendId.indexOf('\0') >= 0
                ? failed
                : failed.keeping(LifecycleResult.created(backendId, null, null));
    }

    private Future<Stored> store(SqlConnection connection, LifecycleEvent event, LifecycleResult result) {
        Future<?> resource = connection
                .preparedQuery(LOCK_RESOURCE)
                .execute(Tuple.of(event.resource().uuid()));
        Future<RowSet<Row>> locked = connection.preparedQuery(LOCK).execute(Tuple.of(event.id()));
        return Future.all(resource, locked).compose(both -> {
            Row run = locked.result().iterator().next();
            String state = run.getString("state");
            boolean currentDelivery = run.getInteger("attempt") == event.attempt();
            if (state.equals("PENDING") || state.equals("RUNNING") && !currentDelivery && !hasSeenTheEnd(result)) {
                return Future.succeededFuture(Stored.STALE);
            }
            if (!state.equals("RUNNING")) {
                return Future.succeededFuture(Stored.UNCHANGED);
            }
            if (result.outcome() == Outcome.NOT_BEGUN) {
                return notBegun(connection, event, run, result);
            }
            if (currentDelivery && mayRepeat(event, run, result)) {
                return retry(connection, event, result, run.getInteger("failures") + 1, run.getInteger("failures") + 1);
            }
            boolean begun = run.getOffsetDateTime("begun_at") != null || run.getInteger("failures") > 0;
            return end(connection, event, run, begun, result);
        });
    }

    /** What counts whoever tells it. Of all else the delivery knows more that has the run in hand. */
    private static boolean hasSeenTheEnd(LifecycleResult result) {
        return switch (result.outcome()) {
            case SUCCEEDED, TIMED_OUT -> true;
            case FAILED -> result.trace().startedAt() != null;
            default -> false;
        };
    }

    private Future<Stored> notBegun(SqlConnection connection, LifecycleEvent event, Row run, LifecycleResult result) {
        int failures = run.getInteger("failures");
        if (isCanceled(run)) {
            return Cancellation.unbegun(connection, event.id(), failures).map(Stored.ENDED);
        }
        Duration tried = Duration.between(run.getOffsetDateTime("first_claimed_at"), run.getOffsetDateTime("time_now"));
        if (tried.compareTo(policy.retryFor()) < 0) {
            return retry(connection, event, result, event.attempt(), failures);
        }
        return end(
                connection,
                event,
                run,
                failures > 0,
                LifecycleResult.failed(
                                Outcome.FAILED,
                                String.valueOf(result.code()),
                                "%s Given up after trying for %s; nothing was run.".formatted(result.message(), tried))
                        .with(result.trace()));
    }

    private static boolean isCanceled(Row run) {
        return run.getOffsetDateTime("cancel_requested_at") != null;
    }

    private boolean mayRepeat(LifecycleEvent event, Row run, LifecycleResult result) {
        return !isCanceled(run)
                && (result.outcome() == Outcome.FAILED || result.outcome() == Outcome.LOST)
                && Set.of(run.getArrayOfStrings("idempotent"))
                        .contains(event.type().key())
                && run.getInteger("failures") + 1 < policy.failures();
    }

    private Future<Stored> retry(
            SqlConnection connection, LifecycleEvent event, LifecycleResult result, int tries, int failures) {
        return connection
                .preparedQuery("UPDATE runs SET state = 'PENDING', begun_at = NULL, lease_owner = NULL,"
                        + " lease_until = NULL, due_at = now() + make_interval(secs => $2), failures = $3,"
                        + " code = $4, message = $5, updated_at = now() WHERE id = $1")
                .execute(Tuple.of(
                        event.id(), policy.delay(tries).toMillis() / 1000.0, failures, result.code(), result.message()))
                // The next try is told of what this one has made.
                .compose(done -> new OrderEffects(connection).keep(event.id(), result))
                .map(Stored.RETRIED);
    }

    private Future<Stored> end(
            SqlConnection connection, LifecycleEvent event, Row run, boolean begun, LifecycleResult result) {
        List<Future<?>> writes = new ArrayList<>();
        writes.add(endRun(connection, event, result));
        if (event.type() == EventType.PULL) {
            writes.add(new PullEffects(connection, event, result).apply(monthOf(event, run, result)));
        } else {
            writes.add(new OrderEffects(connection).ended(event.id(), result));
            if (event.type() == EventType.CREATE && !result.isSuccess() && begun) {
                writes.add(FailedCreation.followPolicy(connection, event.id()));
            }
        }
        return Future.all(writes).map(Stored.ENDED);
    }

    private static Future<?> endRun(SqlConnection connection, LifecycleEvent event, LifecycleResult result) {
        RunTrace trace = result.trace();
        return connection
                .preparedQuery("UPDATE runs SET state = $2, code = $3, message = $4, result = $5, exit_code = $6,"
                        + " exit_reason = $7, started_at = $8, ended_at = $9, image = $10, lease_owner = NULL, lease_until = NULL,"
                        + " finished_at = now(), updated_at = now() WHERE id = $1")
                .execute(Tuple.of(
                        event.id(),
                        result.outcome().name(),
                        result.code(),
                        result.message(),
                        result.toJson(),
                        trace.exitCode(),
                        trace.exitReason(),
                        time(trace.startedAt()),
                        time(trace.finishedAt()),
                        trace.image()));
    }

    /** A month's total belongs to the month in which it was begun to be read, however late it is stored. */
    private static Instant monthOf(LifecycleEvent event, Row run, LifecycleResult result) {
        Instant started = result.trace().startedAt();
        if (started != null) {
            return started;
        }
        return run.getOffsetDateTime("begun_at") == null
                ? run.getOffsetDateTime("time_now").toInstant()
                : run.getOffsetDateTime("begun_at").toInstant();
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
