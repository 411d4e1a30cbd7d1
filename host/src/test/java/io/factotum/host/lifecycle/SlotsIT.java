package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.host.lifecycle.TestHost.Traits;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many runs hosts have under way, and in which order they take them. */
class SlotsIT {

    private final Vertx vertx = Vertx.vertx();
    private final Database database = TestPostgres.newDatabase(vertx);
    private final List<TestHost> hosts = new ArrayList<>();

    @AfterEach
    void stop() {
        hosts.forEach(each -> join(each.lifecycle.stop()));
        join(database.close());
        join(vertx.close());
    }

    private TestHost host(Traits traits) {
        Database own = hosts.isEmpty() ? database : TestPostgres.again(vertx, database);
        TestHost made = new TestHost(vertx, own, "host-" + hosts.size(), traits);
        hosts.add(made);
        return made;
    }

    /** Counts what is under way at once, by a key of the event. */
    private final class Counting implements LifecycleHandler {

        final Map<String, AtomicInteger> active = new ConcurrentHashMap<>();
        final Map<String, AtomicInteger> most = new ConcurrentHashMap<>();
        final Function<LifecycleEvent, String> key;

        Counting(Function<LifecycleEvent, String> key) {
            this.key = key;
        }

        @Override
        public Future<LifecycleResult> handle(LifecycleEvent event) {
            String of = key.apply(event);
            int now = active.computeIfAbsent(of, id -> new AtomicInteger()).incrementAndGet();
            most.computeIfAbsent(of, id -> new AtomicInteger()).accumulateAndGet(now, Math::max);
            return vertx.timer(20).map(fired -> {
                active.get(of).decrementAndGet();
                return LifecycleResult.succeeded();
            });
        }
    }

    private static JsonObject request(TestHost host, UUID offering, String customer) {
        return host.createRequest(offering).put("customer", new JsonObject().put("name", customer));
    }

    @Test
    void slotsOfAnOfferingHoldOnAllHostsTogether() {
        Counting counting = new Counting(event -> event.offering().name());
        TestHost first = host(Traits.slots(8));
        TestHost second = host(Traits.slots(8));
        UUID narrow = first.offering();
        UUID wide = first.offering();
        first.execute("UPDATE offerings SET slots = 2 WHERE id = $1", Tuple.of(narrow));
        first.start(counting);
        second.start(counting);
        List<JsonObject> placed = IntStream.range(0, 24)
                .mapToObj(i -> (i % 2 == 0 ? first : second).submit(first.createRequest(i % 3 == 0 ? wide : narrow)))
                .toList();
        placed.forEach(each -> assertThat(first.ended(each).getString("state")).isEqualTo("DONE"));
        assertThat(counting.most.get("offering-" + narrow).get()).isBetween(1, 2);
    }

    @Test
    void slotsOfACustomerHoldOnAllHostsAndOfferingsTogether() {
        Counting counting = new Counting(event -> event.resource().customer().name());
        TestHost first = host(Traits.slots(8).limits(0, 3));
        TestHost second = host(Traits.slots(8).limits(0, 3));
        List<UUID> offerings = List.of(first.offering(), first.offering());
        first.start(counting);
        second.start(counting);
        List<JsonObject> placed = IntStream.range(0, 24)
                .mapToObj(i -> (i % 2 == 0 ? first : second)
                        .submit(request(first, offerings.get(i % 2), i % 4 == 0 ? "bob" : "ann")))
                .toList();
        placed.forEach(each -> assertThat(first.ended(each).getString("state")).isEqualTo("DONE"));
        assertThat(counting.most.get("ann").get()).isBetween(1, 3);
        assertThat(counting.most.get("bob").get()).isBetween(1, 3);
    }

    @Test
    void pluginGetsNoMoreThanItHasSlotsForAndMoreAsSoonAsItHas() {
        TestHost host = host(Traits.slots(8).notLooking());
        List<LifecycleEvent> taken = new CopyOnWriteArrayList<>();
        Map<UUID, Promise<LifecycleResult>> answers = new ConcurrentHashMap<>();
        host.lifecycle.server().slots(TestHost.PLUGIN, 2);
        host.start(event -> {
            taken.add(event);
            return answers.computeIfAbsent(event.id(), id -> Promise.promise()).future();
        });
        UUID offering = host.offering();
        IntStream.range(0, 6).forEach(i -> host.submit(host.createRequest(offering)));
        untilTaken(host, taken, 2);
        answers.get(taken.get(0).id()).complete(LifecycleResult.succeeded());
        untilTaken(host, taken, 3);
        assertThat(host.query("SELECT FROM runs WHERE state = 'PENDING'", Tuple.tuple()))
                .hasSize(3);

        host.lifecycle.server().slots(TestHost.PLUGIN, 4);
        untilTaken(host, taken, 5);
        assertThat(host.query("SELECT FROM runs WHERE state = 'PENDING'", Tuple.tuple()))
                .hasSize(1);
    }

    private static void untilTaken(TestHost host, List<LifecycleEvent> taken, int count) {
        host.eventually(
                () -> Future.succeededFuture(new JsonObject().put("n", taken.size())),
                json -> json.getInteger("n") == count);
    }

    @Test
    void fullHostLeavesRunsInTheQueueAndTheNextSlotIsTheNextOfferings() {
        TestHost host = host(Traits.slots(2).notLooking());
        List<LifecycleEvent> taken = new CopyOnWriteArrayList<>();
        Map<UUID, Promise<LifecycleResult>> answers = new ConcurrentHashMap<>();
        host.start(event -> {
            taken.add(event);
            return answers.computeIfAbsent(event.id(), id -> Promise.promise()).future();
        });
        UUID busy = host.offering();
        UUID quiet = host.offering();
        IntStream.range(0, 30).forEach(i -> host.submit(host.createRequest(busy)));
        JsonObject patient = host.submit(host.createRequest(quiet));
        untilTaken(host, taken, 2);
        assertThat(host.query("SELECT FROM runs WHERE state = 'PENDING'", Tuple.tuple()))
                .hasSize(29);

        answers.get(taken.get(0).id()).complete(LifecycleResult.succeeded());
        untilTaken(host, taken, 3);
        assertThat(taken.get(2).offering().uuid()).isEqualTo(quiet);
        answers.get(taken.get(2).id()).complete(LifecycleResult.succeeded());
        assertThat(host.ended(patient).getString("state")).isEqualTo("DONE");
    }

    @Test
    void constantStreamOfOrdersLeavesEveryTenthClaimToAPull() {
        TestHost host = host(Traits.slots(1));
        UUID offering = host.offering();
        List<EventType> taken = new CopyOnWriteArrayList<>();
        Promise<Void> all = Promise.promise();
        host.execute("""
                WITH made AS (
                    INSERT INTO resources (id, name, offering_id, state, provisioned)
                    SELECT gen_random_uuid(), 'r', $1, 'OK', true FROM generate_series(1, 40) RETURNING id, seq),
                placed AS (
                    INSERT INTO orders (id, type, resource_id, state, old_limits)
                    SELECT gen_random_uuid(), 'update', id, 'PENDING', '{}' FROM made ORDER BY seq LIMIT 36
                    RETURNING id, resource_id)
                INSERT INTO runs (id, event_type, plugin, resource_id, order_id, offering_id, state)
                SELECT gen_random_uuid(), CASE WHEN placed.id IS NULL THEN 'pull' ELSE 'update' END, 'test', made.id,
                       placed.id, $1, 'PENDING'
                FROM made LEFT JOIN placed ON placed.resource_id = made.id
                """, Tuple.of(offering));
        host.start(event -> {
            taken.add(event.type());
            if (taken.size() == 40) {
                all.complete();
            }
            return Future.succeededFuture(LifecycleResult.succeeded());
        });
        join(all.future());
        List<Integer> pulls = IntStream.range(0, 40)
                .filter(i -> taken.get(i) == EventType.PULL)
                .boxed()
                .toList();
        assertThat(pulls).containsExactly(9, 19, 29, 39);
    }
}
