package io.factotum.host.lifecycle;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/**
 * What the offering wants done with what a failed creation has left: held for a person to look at, or terminated by an
 * order of its own, which names the creation as its cause. Part of the transaction that ends the creation, after the
 * order has ended. Only a creation sets it off, and each once: a termination that fails is left to a person.
 */
final class FailedCreation {

    private static final String TERMINATE = """
            WITH failed AS (
                SELECT ord.id, ord.resource_id, ord.creator_email, ord.creator_username,
                       r.plugin, r.offering_id, r.customer
                FROM runs r
                JOIN orders ord ON ord.id = r.order_id
                JOIN offerings off ON off.id = r.offering_id
                WHERE r.id = $1 AND ord.type = 'create' AND off.failed_creation = 'terminate'
                  AND 'terminate' = ANY (off.handled)),
            resource AS (
                UPDATE resources res SET state = 'TERMINATING', updated_at = now() FROM failed
                WHERE res.id = failed.resource_id RETURNING res.plan_id, res.limits),
            placed AS (
                INSERT INTO orders (id, type, resource_id, state, plan_id, limits, state_before, creator_email,
                                    creator_username, caused_by)
                SELECT $2, 'terminate', failed.resource_id, 'PENDING', resource.plan_id, resource.limits, 'ERRED',
                       failed.creator_email, failed.creator_username, failed.id
                FROM failed, resource)
            INSERT INTO runs (id, event_type, plugin, resource_id, order_id, offering_id, customer, state)
            SELECT $3, 'terminate', plugin, resource_id, $2, offering_id, customer, 'PENDING' FROM failed
            """;

    private FailedCreation() {}

    /** Places the order to terminate, if the run was of a creation and its offering wants that. */
    static Future<?> followPolicy(SqlConnection connection, UUID run) {
        return connection.preparedQuery(TERMINATE).execute(Tuple.of(run, UUID.randomUUID(), UUID.randomUUID()));
    }
}
