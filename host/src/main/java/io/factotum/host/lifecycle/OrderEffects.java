package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.resource.Endpoint;
import io.factotum.api.resource.JsonRecords;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** What an order that has ended means for itself and its resource; part of a transaction. */
final class OrderEffects {

    /** The next time of a resource's own phase in the interval, so that pulls spread over it; {@code res}, {@code off}. */
    static final String NEXT_PULL = """
            to_timestamp((
                (extract(epoch FROM now()) * 1000)::bigint
                - mod((extract(epoch FROM now()) * 1000)::bigint
                      - mod(hashtextextended(res.id::text, 0) & 9007199254740991, off.pull_interval_ms),
                      off.pull_interval_ms)
                + off.pull_interval_ms) / 1000.0)
            """;

    /** The first pull comes soon after the creation, so that nobody waits an hour to see the first figures. */
    private static final String FIRST_PULL =
            "CASE WHEN 'pull' = ANY (off.handled) THEN now() + make_interval(secs => least(60, off.pull_interval_ms / 1000.0)) END";

    private static final String ORDER = """
            UPDATE orders SET state = $2, code = $3, message = $4, finished_at = now(), updated_at = now()
            WHERE id = (SELECT order_id FROM runs WHERE id = $1)
            """;

    private static final String SUCCESS = """
            UPDATE resources res SET
                state = CASE WHEN ord.type = 'terminate' THEN 'TERMINATED' ELSE 'OK' END,
                error_message = '',
                provisioned = provisioned OR ord.type = 'create',
                plan_id = CASE WHEN ord.type = 'terminate' THEN res.plan_id ELSE ord.plan_id END,
                limits = CASE WHEN ord.type = 'terminate' THEN res.limits ELSE ord.limits END,
                next_pull_at = CASE ord.type
                    WHEN 'create' THEN %s
                    WHEN 'terminate' THEN NULL
                    ELSE res.next_pull_at END,
                terminated_at = CASE WHEN ord.type = 'terminate' THEN now() END,
                updated_at = now()%s
            FROM orders ord, offerings off
            WHERE ord.id = %s AND res.id = ord.resource_id AND off.id = res.offering_id
            """;

    /** What is known of the backend, the values from $2 on. */
    private static final String KNOWN = """
            backend_id = coalesce($2, backend_id),
            backend_metadata = coalesce($3, backend_metadata),
            endpoints = coalesce($4, endpoints)
            """;

    private static final String OF_RUN = "FROM runs r WHERE r.id = $1 AND res.id = r.resource_id";

    private static final String SUCCESS_WITHOUT_RUN = SUCCESS.formatted(FIRST_PULL, "", "$1");
    private static final String SUCCESS_OF_RUN =
            SUCCESS.formatted(FIRST_PULL, ", " + KNOWN, "(SELECT order_id FROM runs WHERE id = $1)");
    private static final String FAILURE =
            "UPDATE resources res SET state = 'ERRED', error_message = $5, updated_at = now(), " + KNOWN + OF_RUN;
    private static final String KEEP = "UPDATE resources res SET " + KNOWN + OF_RUN;

    private final SqlConnection connection;

    OrderEffects(SqlConnection connection) {
        this.connection = connection;
    }

    /** The run of an order has ended; what is known of the backend is kept, whatever the outcome. */
    Future<?> ended(UUID run, LifecycleResult result) {
        String state = result.isSuccess() ? "DONE" : result.outcome() == Outcome.CANCELED ? "CANCELED" : "ERRED";
        Future<?> order =
                connection.preparedQuery(ORDER).execute(Tuple.of(run, state, result.code(), result.message()));
        Future<?> resource = result.isSuccess()
                ? connection.preparedQuery(SUCCESS_OF_RUN).execute(known(run, result))
                : connection.preparedQuery(FAILURE).execute(known(run, result).addString(result.message()));
        return Future.all(order, resource);
    }

    /** An order whose event has nothing to run is done as soon as it is placed. */
    Future<?> doneWithoutRun(UUID order) {
        return connection
                .preparedQuery("UPDATE orders SET state = 'DONE', finished_at = now(), updated_at = now(),"
                        + " message = 'The offering has nothing to run for this event.' WHERE id = $1")
                .execute(Tuple.of(order))
                .compose(done -> connection.preparedQuery(SUCCESS_WITHOUT_RUN).execute(Tuple.of(order)));
    }

    /** Keeps what is known of the backend from a run that will be tried again. */
    Future<?> keep(UUID run, LifecycleResult result) {
        return connection.preparedQuery(KEEP).execute(known(run, result));
    }

    private static Tuple known(UUID run, LifecycleResult result) {
        return Tuple.of(
                run,
                result.backendId(),
                result.backendMetadata(),
                result.endpoints() == null ? null : JsonRecords.array(result.endpoints(), Endpoint::toJson));
    }
}
