package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.storage.Database;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which run is next when more wait than there are slots. */
class FairClaimIT {

    private static final Logger LOG = LoggerFactory.getLogger(FairClaimIT.class);
    private static final Set<String> PLUGINS = Set.of(TestHost.PLUGIN);
    private static final FairClaim.Limits NO_LIMITS = FairClaim.Limits.of(0, 0);

    private final Vertx vertx = Vertx.vertx();
    private Database database;
    private TestHost host;
    private UUID installation;

    @BeforeEach
    void start() {
        database = TestPostgres.newDatabase(vertx);
        host = new TestHost(vertx, database, "host-1", 1);
        installation = join(database.installationId());
    }

    @AfterEach
    void stop() {
        join(database.close());
        join(vertx.close());
    }

    private RunQueue queue(FairClaim.Limits limits) {
        return new RunQueue(database, "host-1", installation, Duration.ofMinutes(5), limits);
    }

    private List<Delivery> claim(RunQueue queue, int most, int pullsFirst) {
        return join(queue.claimPending(PLUGINS, most, pullsFirst, Set.of()));
    }

    private List<Delivery> claim(int most) {
        return claim(queue(NO_LIMITS), most, 0);
    }

    /** So many resources of an offering with an order each, of that customer. */
    private void orders(UUID offering, int count, String customer) {
        host.execute("""
                WITH made AS (
                    INSERT INTO resources (id, name, offering_id, state, customer_name)
                    SELECT gen_random_uuid(), 'r', $1, 'CREATING', $3 FROM generate_series(1, $2) RETURNING id),
                placed AS (
                    INSERT INTO orders (id, type, resource_id, state)
                    SELECT gen_random_uuid(), 'create', id, 'PENDING' FROM made RETURNING id, resource_id)
                INSERT INTO runs (id, event_type, plugin, resource_id, order_id, offering_id, customer, state)
                SELECT gen_random_uuid(), 'create', 'test', resource_id, id, $1, $3, 'PENDING' FROM placed
                """, Tuple.of(offering, count, customer));
    }

    /** So many resources of an offering with a due pull each. */
    private void pulls(UUID offering, int count) {
        host.execute("""
                WITH made AS (
                    INSERT INTO resources (id, name, offering_id, state, provisioned, customer_name)
                    SELECT gen_random_uuid(), 'r', $1, 'OK', true, 'customer ' || n
                    FROM generate_series(1, $2) n RETURNING id, customer_name)
                INSERT INTO runs (id, event_type, plugin, resource_id, offering_id, customer, state)
                SELECT gen_random_uuid(), 'pull', 'test', id, $1, customer_name, 'PENDING' FROM made
                """, Tuple.of(offering, count));
    }

    private void end(List<Delivery> deliveries) {
        host.execute("UPDATE runs SET state = 'SUCCEEDED' WHERE id = ANY ($1)", Tuple.of((Object)
                deliveries.stream().map(Delivery::runId).toArray(UUID[]::new)));
    }

    private static UUID offeringOf(Delivery delivery) {
        return delivery.event().offering().uuid();
    }

    @Test
    void ordersGoBeforePullsThatWaitForLonger() {
        UUID offering = host.offering();
        pulls(offering, 20);
        orders(offering, 2, "ann");
        assertThat(claim(3)).extracting(Delivery::isPull).containsExactlyInAnyOrder(false, false, true);
    }

    @Test
    void pullsThatAreOwedATurnGoBeforeOrders() {
        UUID offering = host.offering();
        orders(offering, 20, "ann");
        pulls(offering, 5);
        assertThat(claim(queue(NO_LIMITS), 4, 1)).filteredOn(Delivery::isPull).hasSize(1);
    }

    @Test
    void orderDoesNotWaitForThePullOfItsOwnResource() {
        UUID offering = host.offering();
        pulls(offering, 1);
        host.execute("""
                WITH placed AS (
                    INSERT INTO orders (id, type, resource_id, state, old_limits)
                    SELECT gen_random_uuid(), 'update', id, 'PENDING', '{}' FROM resources RETURNING id, resource_id)
                INSERT INTO runs (id, event_type, plugin, resource_id, order_id, offering_id, state)
                SELECT gen_random_uuid(), 'update', 'test', resource_id, id, $1, 'PENDING' FROM placed
                """, Tuple.of(offering));
        List<Delivery> first = claim(5);
        assertThat(first).extracting(Delivery::isPull).containsExactly(false);
        assertThat(claim(5)).isEmpty();
        end(first);
        assertThat(claim(5)).extracting(Delivery::isPull).containsExactly(true);
    }

    @Test
    void withOneSlotOfferingsTakeTurnsHoweverManyOrdersOneOfThemHas() {
        UUID busy = host.offering();
        UUID quiet = host.offering();
        orders(busy, 1000, "ann");
        orders(quiet, 3, "bob");
        List<UUID> served = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            List<Delivery> claimed = claim(1);
            served.add(offeringOf(claimed.get(0)));
            end(claimed);
        }
        assertThat(served).containsExactly(busy, quiet, busy, quiet, busy, quiet, busy);
    }

    @Test
    void freeSlotsGoToTheOfferingWithLeastUnderWay() {
        UUID busy = host.offering();
        UUID quiet = host.offering();
        orders(busy, 100, "ann");
        assertThat(claim(6)).hasSize(6);
        orders(quiet, 10, "bob");
        assertThat(claim(4)).extracting(FairClaimIT::offeringOf).containsOnly(quiet);
        assertThat(claim(4).stream().filter(next -> offeringOf(next).equals(quiet)))
                .hasSize(3);
    }

    @Test
    void offeringAtItsLimitLeavesItsRunsInTheQueue() {
        UUID own = host.offering();
        UUID byDefault = host.offering();
        host.execute("UPDATE offerings SET slots = 3 WHERE id = $1", Tuple.of(own));
        orders(own, 10, "ann");
        pulls(own, 10);
        orders(byDefault, 10, "bob");
        RunQueue queue = queue(FairClaim.Limits.of(2, 0));
        List<Delivery> claimed = claim(queue, 20, 1);
        assertThat(claimed).filteredOn(next -> offeringOf(next).equals(own)).hasSize(3);
        assertThat(claimed)
                .filteredOn(next -> offeringOf(next).equals(byDefault))
                .hasSize(2);
        assertThat(claim(queue, 20, 1)).isEmpty();
        end(claimed.subList(0, 1));
        assertThat(claim(queue, 20, 0)).hasSize(1);
    }

    @Test
    void customerAtItsLimitDoesNotKeepTheNextFromTheirs() {
        UUID one = host.offering();
        UUID another = host.offering();
        orders(one, 50, "ann");
        orders(another, 50, "ann");
        orders(one, 1, "bob");
        RunQueue queue = queue(FairClaim.Limits.of(0, 3));
        assertThat(claim(queue, 8, 0))
                .extracting(next -> next.event().resource().customer().name())
                .containsExactly("ann", "ann", "ann");
        assertThat(claim(queue, 8, 0))
                .extracting(next -> next.event().resource().customer().name())
                .containsExactly("bob");
        assertThat(claim(queue, 8, 0)).isEmpty();
    }

    @Test
    void limitsHoldWhenManyHostsClaimAtOnce() {
        UUID offering = host.offering();
        host.execute("UPDATE offerings SET slots = 5 WHERE id = $1", Tuple.of(offering));
        orders(offering, 200, "ann");
        List<RunQueue> queues = IntStream.range(0, 6)
                .mapToObj(i -> new RunQueue(database, "host-" + i, installation, Duration.ofMinutes(5), NO_LIMITS))
                .toList();
        for (int round = 0; round < 10; round++) {
            List<Future<List<Delivery>>> claims = queues.stream()
                    .map(queue -> queue.claimPending(PLUGINS, 4, 0, Set.of()))
                    .toList();
            join(Future.all(claims));
            assertThat(host.query("SELECT FROM runs WHERE state = 'RUNNING'", Tuple.tuple()))
                    .hasSize(5);
            claims.forEach(claim -> end(claim.result()));
        }
    }

    /** Ten thousand due pulls, as after an outage: the figure is in docs/adr/0040-fair-queue.md. */
    @Test
    void claimStaysFastWithTenThousandDuePulls() {
        List<UUID> offerings =
                IntStream.range(0, 20).mapToObj(i -> host.offering()).toList();
        offerings.forEach(offering -> pulls(offering, 500));
        orders(offerings.get(7), 30, "ann");
        RunQueue queue = queue(FairClaim.Limits.of(100, 50));
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            long start = System.nanoTime();
            List<Delivery> claimed = claim(queue, 1, 0);
            micros.add((System.nanoTime() - start) / 1000);
            assertThat(claimed).extracting(Delivery::isPull).containsExactly(false);
        }
        List<String> plan = plan();
        micros.sort(null);
        LOG.info(
                "Claim of one run, with what is read and written for it, beside 10000 due pulls:"
                        + " median {} µs, slowest {} µs; the choice alone: {}",
                micros.get(micros.size() / 2),
                micros.get(micros.size() - 1),
                plan.stream().filter(line -> line.contains(" Time:")).toList());
        assertThat(plan).noneMatch(line -> line.contains("Seq Scan on runs"));
        assertThat(micros.get(micros.size() / 2)).isLessThan(250_000);
    }

    private List<String> plan() {
        String sql = "EXPLAIN (ANALYZE, SUMMARY) " + FairClaim.DUE + " SELECT id, $1::text, $2::float8 FROM due";
        List<Row> lines = host.query(
                sql,
                Tuple.of("host-1", 1.0, new String[] {TestHost.PLUGIN}, 1, new UUID[0])
                        .addInteger(0)
                        .addInteger(100)
                        .addInteger(50));
        return lines.stream().map(row -> row.getString(0)).toList();
    }
}
