package io.factotum.host.lifecycle;

import org.jspecify.annotations.Nullable;

/**
 * Which of the runs that wait are next; the reasons are in docs/adr/0040-fair-queue.md.
 *
 * <p>A lane is what waits of one offering, its orders or its pulls. The query steps from lane to lane and reads no more
 * of each than can be taken, so that it costs what the lanes number and not what waits in them.
 */
final class FairClaim {

    /**
     * Runs under way at once on all hosts together.
     *
     * @param perOffering of an offering that does not say itself; null: any number
     * @param perCustomer null: any number
     */
    record Limits(@Nullable Integer perOffering, @Nullable Integer perCustomer) {

        /** As in the configuration, where 0 stands for any number. */
        static Limits of(int perOffering, int perCustomer) {
            return new Limits(perOffering == 0 ? null : perOffering, perCustomer == 0 ? null : perCustomer);
        }
    }

    /**
     * One claim after the other, on all hosts: what one has taken counts for the limits of the next. A host that is
     * stopped in the middle of its own must not keep the others from theirs. The choice is planned once a
     * connection: left to itself PostgreSQL plans it anew each time, which takes ten times as long as choosing.
     */
    static final String TAKE_TURN = """
            SELECT set_config('idle_in_transaction_session_timeout', '10s', true),
                   set_config('plan_cache_mode', 'force_generic_plan', true),
                   pg_advisory_xact_lock(7377296563894676845)
            """;

    private static final String LANES = """
            WITH RECURSIVE lanes AS (
                (SELECT r.pull, r.offering_id FROM runs r
                 WHERE r.state = 'PENDING' ORDER BY r.pull, r.offering_id LIMIT 1)
                UNION ALL
                SELECT further.pull, further.offering_id
                FROM lanes CROSS JOIN LATERAL (
                    SELECT r.pull, r.offering_id FROM runs r
                    WHERE r.state = 'PENDING' AND (r.pull, r.offering_id) > (lanes.pull, lanes.offering_id)
                    ORDER BY r.pull, r.offering_id LIMIT 1) further),
            """;

    /** How much of its limit each lane's offering has taken, and when the lane last had its turn. Not served, it has none. */
    private static final String ROOMS = """
            rooms AS (
                SELECT lane.pull, lane.offering_id, own.slots, busy.running, turn.claimed_at AS last_turn
                FROM lanes lane
                CROSS JOIN LATERAL (
                    SELECT coalesce(off.slots, $7::int) AS slots FROM offerings off
                    WHERE off.id = lane.offering_id AND off.type = ANY ($3)) own
                CROSS JOIN LATERAL (
                    SELECT count(*) AS running FROM (
                        SELECT FROM runs r WHERE r.state = 'RUNNING' AND r.offering_id = lane.offering_id
                        LIMIT greatest(own.slots, 1000)) counted) busy
                LEFT JOIN LATERAL (
                    SELECT r.claimed_at FROM runs r
                    WHERE r.offering_id = lane.offering_id AND r.pull = lane.pull AND r.claimed_at IS NOT NULL
                    ORDER BY r.claimed_at DESC LIMIT 1) turn ON true),
            customers AS (
                SELECT r.customer, count(*) AS running FROM runs r
                WHERE $8::int IS NOT NULL AND r.state = 'RUNNING' AND r.customer IS NOT NULL
                GROUP BY r.customer),
            """;

    private static final String HEADS = """
            heads AS (
                SELECT room.pull, room.offering_id, room.slots, room.running, room.last_turn,
                       head.id, head.seq, head.due_at, head.customer,
                       row_number() OVER (PARTITION BY room.pull, room.offering_id
                                          ORDER BY head.due_at, head.seq) AS nth
                FROM rooms room CROSS JOIN LATERAL (
                    SELECT r.id, r.seq, r.due_at, r.customer FROM runs r
                    WHERE r.state = 'PENDING' AND r.pull = room.pull AND r.offering_id = room.offering_id
                      AND r.due_at <= now() AND r.plugin = ANY ($3) AND r.id <> ALL ($5)
                      AND (r.customer IS NULL OR r.customer <> ALL (ARRAY (
                          SELECT c.customer FROM customers c WHERE c.running >= $8::int)))
                      AND NOT EXISTS (
                          SELECT FROM runs o
                          WHERE o.resource_id = r.resource_id AND o.id <> r.id
                            AND (o.state = 'RUNNING' OR (o.state = 'PENDING' AND r.pull AND NOT o.pull)))
                    ORDER BY r.due_at, r.seq LIMIT greatest(0, least($4, room.slots - room.running))) head),
            """;

    /** Who has least under way is next, and of those who had no turn for longest. */
    private static final String CHOICE = """
            placed AS (
                SELECT h.*, row_number() OVER (
                    PARTITION BY h.pull ORDER BY h.running + h.nth, h.last_turn NULLS FIRST, h.due_at, h.seq) AS place
                FROM heads h),
            classed AS (
                SELECT p.*, CASE WHEN p.pull AND p.place <= $6 THEN 0 WHEN NOT p.pull THEN 1 ELSE 2 END AS class
                FROM placed p),
            numbered AS (
                SELECT k.*,
                       k.running + row_number() OVER (
                           PARTITION BY k.offering_id ORDER BY k.class, k.place) AS of_offering,
                       coalesce(c.running, 0) + row_number() OVER (
                           PARTITION BY k.customer ORDER BY k.class, k.place) AS of_customer
                FROM classed k LEFT JOIN customers c ON c.customer = k.customer),
            chosen AS (
                SELECT n.id FROM numbered n
                WHERE (n.slots IS NULL OR n.of_offering <= n.slots)
                  AND ($8::int IS NULL OR n.customer IS NULL OR n.of_customer <= $8::int)
                ORDER BY n.class, n.place LIMIT $4),
            due AS (
                SELECT r.id FROM runs r
                WHERE r.id = ANY (ARRAY (SELECT c.id FROM chosen c)) AND r.state = 'PENDING'
                FOR UPDATE OF r SKIP LOCKED)
            """;

    /**
     * Chooses {@code due (id)}. Parameters: $3 plugins served here, $4 how many at most, $5 runs to leave alone, $6 how
     * many pulls go before orders, $7 and $8 the limits per offering and per customer.
     */
    static final String DUE = LANES + ROOMS + HEADS + CHOICE;

    private FairClaim() {}
}
