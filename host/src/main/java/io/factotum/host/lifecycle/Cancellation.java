package io.factotum.host.lifecycle;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/**
 * The end of a run that is canceled while nothing of it is begun: it can be told at once, wherever the run is, since
 * beginning needs a run that has not ended. Part of a transaction that has locked the resource and the run.
 */
final class Cancellation {

    private static final String RUN = """
            UPDATE runs SET state = 'CANCELED', code = 'canceled', message = $2, lease_owner = NULL, lease_until = NULL,
                   cancel_requested_at = coalesce(cancel_requested_at, now()), finished_at = now(), updated_at = now()
            WHERE id = $1
            """;

    private static final String ORDER = """
            UPDATE orders SET state = 'CANCELED', code = 'canceled', message = $2, finished_at = now(), updated_at = now()
            WHERE id = (SELECT order_id FROM runs WHERE id = $1)
            """;

    /** Untouched, the resource is what it was; one that never was remains to be terminated. */
    private static final String UNTOUCHED = """
            UPDATE resources res SET state = coalesce(ord.state_before, 'ERRED'), updated_at = now(),
                   error_message = CASE WHEN ord.state_before IS NULL THEN $2 ELSE error_message END
            FROM runs r JOIN orders ord ON ord.id = r.order_id
            WHERE r.id = $1 AND res.id = r.resource_id
            """;

    private static final String TOUCHED = """
            UPDATE resources res SET state = 'ERRED', error_message = $2, updated_at = now()
            FROM runs r JOIN orders ord ON ord.id = r.order_id
            WHERE r.id = $1 AND res.id = r.resource_id
            """;

    private Cancellation() {}

    /**
     * Ends it.
     *
     * @param failures how often the run has begun before, and failed
     */
    static Future<?> unbegun(SqlConnection connection, UUID run, int failures) {
        String message = failures == 0
                ? "Canceled before it began."
                : "Canceled before it was tried again; it had failed %d time(s).".formatted(failures);
        Tuple values = Tuple.of(run, message);
        Future<?> ended = connection.preparedQuery(RUN).execute(values);
        Future<?> order = connection.preparedQuery(ORDER).execute(values);
        Future<?> resource =
                connection.preparedQuery(failures == 0 ? UNTOUCHED : TOUCHED).execute(values);
        Future<?> cleanUp = failures == 0 ? Future.succeededFuture() : FailedCreation.followPolicy(connection, run);
        return Future.all(ended, order, resource, cleanUp);
    }
}
