package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever ends under a script that runs, the script runs once and its result is stored. */
abstract class InterruptedRuns extends EndToEnd {

    private static final int KILLS = 25;
    private static final int LONGEST_LIFE_MILLIS = 450;

    private String waits = "";
    private String quick = "";

    InterruptedRuns(Where where) {
        super(where);
    }

    @Override
    void configure(Installation installation) {
        // A container may come to be after its host has gone, as the engine makes what it was once asked for.
        installation.withPluginSettings("sweep: {interval: PT2S, grace: PT3S}\n");
    }

    @BeforeAll
    void offer() {
        waits = new Scripts("waits", installation()).create(Scripts.WAITS).offer(api());
        quick = new Scripts("quick", installation()).create(Scripts.QUICK).offer(api());
    }

    /** Orders a resource whose script then waits in its middle. */
    Placed begun(String name) {
        Placed placed = api().create(waits, name);
        awaitBegun(placed.run());
        return placed;
    }

    /** The script ran once from its begin to its end, what it said is stored, and nothing else is left of it. */
    void assertMadeOnce(Placed placed, String name) {
        JsonObject run = api().ended(placed.run());
        assertThat(run.getString("state")).as("state of %s", run).isEqualTo("SUCCEEDED");
        assertThat(api().order(placed).getString("state")).isEqualTo("DONE");
        assertThat(api().resource(placed).getString("state")).isEqualTo("OK");
        assertThat(api().resource(placed).getString("backend_id")).isEqualTo("id-" + name);
        assertThat(api().outputOf(placed.run()).getString("stdout")).isEqualTo("begun\nid-" + name + "\n");
        assertRanOnce(placed.run());
        assertNothingIsLeft();
    }

    @Test
    void scriptGoesOnWhileItsHostIsKilledAndStartedAgain() {
        Placed placed = begun("killed");
        host().kill();
        host().start();
        installation().letGo(placed.run());
        assertMadeOnce(placed, "killed");
    }

    @Test
    void scriptThatEndsWhileItsHostIsDownHasItsResultStored() {
        Placed placed = begun("killed-early");
        host().kill();
        installation().letGo(placed.run());
        Await.until("end of the script", () -> installation().ended(placed.run()) > 0);
        host().start();
        assertMadeOnce(placed, "killed-early");
    }

    @Test
    void scriptGoesOnWhileItsHostIsStoppedAndStartedAgain() {
        Placed placed = begun("stopped");
        host().stop();
        assertThat(host().postgres())
                .as("PostgreSQL of a host that was stopped")
                .isEmpty();
        host().start();
        installation().letGo(placed.run());
        assertMadeOnce(placed, "stopped");
    }

    @Test
    void timeOfAScriptGoesOnWhileItsHostIsDown() {
        String offering = new Scripts("late", installation())
                .create(Scripts.WAITS)
                .with("timeout", "PT3S")
                .offer(api());
        Placed placed = api().create(offering, "late");
        awaitBegun(placed.run());
        host().kill();
        host().start();
        assertThat(api().ended(placed.run()).getString("state")).isEqualTo("TIMED_OUT");
        assertThat(installation().begun(placed.run())).isEqualTo(1);
        assertNothingIsLeft();
    }

    @Test
    void cancellationThatWasAskedForBeforeTheHostWasKilledIsHeard() {
        String offering = new Scripts("stubborn", installation())
                .create("trap '' TERM\n" + Scripts.WAITS)
                .offer(api());
        Placed placed = api().create(offering, "stubborn");
        awaitBegun(placed.run());
        api().cancel(placed.run());
        host().kill();
        host().start();
        assertThat(api().ended(placed.run()).getString("state")).isEqualTo("CANCELED");
        assertThat(installation().ended(placed.run())).isZero();
        // Stopped by the host that adopted it, which followed it to its end.
        assertThat(api().outputOf(placed.run()).getString("stdout")).startsWith("begun\n");
        assertNothingIsLeft();
    }

    @Test
    void resultIsStoredOncePostgresqlIsBack() {
        Placed placed = begun("without-database");
        host().killPostgres();
        installation().letGo(placed.run());
        assertMadeOnce(placed, "without-database");
    }

    @Test
    void everyScriptRunsOnceWhereverItsHostIsKilled() throws InterruptedException {
        long seed = Long.getLong("factotum.test.seed", System.nanoTime());
        System.out.printf("Random kills: seed %d; -Dfactotum.test.seed=%d repeats them%n", seed, seed);
        Random random = new Random(seed);
        List<Placed> batch = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            batch.add(api().create(quick, "batch-" + kill));
            host().live(Duration.ofMillis(random.nextInt(LONGEST_LIFE_MILLIS)));
            host().kill();
            host().start();
        }
        for (Placed placed : batch) {
            JsonObject run = api().ended(placed.run());
            assertThat(run.getString("state")).as("state of %s", run).isEqualTo("SUCCEEDED");
            assertRanOnce(placed.run());
        }
        assertNothingIsLeft();
    }
}
