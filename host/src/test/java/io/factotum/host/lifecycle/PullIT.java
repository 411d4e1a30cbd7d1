package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.lifecycle.RunTrace;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import io.factotum.host.Refusal;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PullIT {

    private final Vertx vertx = Vertx.vertx();
    private Function<LifecycleEvent, LifecycleResult> pull = event -> LifecycleResult.succeeded();
    private LifecycleResult creation = LifecycleResult.succeeded();
    private TestHost host;
    private UUID offering;

    @BeforeEach
    void start() {
        host = new TestHost(vertx, TestPostgres.newDatabase(vertx), "host-1", 4);
        host.start(event -> host.runs
                .begin(event, "test", "ref")
                .map(begun -> event.type() == EventType.PULL ? pull.apply(event) : creation));
        offering = host.offering();
    }

    @AfterEach
    void stop() {
        host.close();
        join(vertx.close());
    }

    private JsonObject pulled(UUID resource) {
        JsonObject run = join(host.lifecycle.runs().pullNow(resource));
        return host.runEnded(UUID.fromString(run.getString("uuid")));
    }

    private static LifecycleResult usage(String amount) {
        return LifecycleResult.pulled(
                List.of(new Usage("storage", new BigDecimal(amount), "bytes", false)),
                List.of(new ReportSection("Size", amount)),
                List.of());
    }

    private List<Row> usages() {
        return host.query("SELECT * FROM usages ORDER BY month", Tuple.tuple());
    }

    @Test
    void laterReportOverwritesTheMonthsFigureAndTheReport() {
        UUID resource = host.created(offering);
        pull = event -> usage("10");
        assertThat(pulled(resource).getString("state")).isEqualTo("SUCCEEDED");
        pull = event -> usage("12.50");
        pulled(resource);
        assertThat(usages()).hasSize(1);
        assertThat(usages().get(0).getBigDecimal("amount")).isEqualByComparingTo("12.5");
        assertThat(join(host.views.report(resource))
                        .orElseThrow()
                        .getJsonArray("report")
                        .getJsonObject(0)
                        .getString("body"))
                .isEqualTo("12.50");
    }

    @Test
    void figureBelongsToTheMonthInWhichItsReadingBegan() {
        UUID resource = host.created(offering);
        pull = event -> usage("7")
                .with(new RunTrace(
                        0,
                        "exited",
                        Instant.parse("2026-01-31T23:59:59.9Z"),
                        Instant.parse("2026-02-01T00:00:03Z"),
                        "shell@sha256:0"));
        pulled(resource);
        assertThat(usages().get(0).getLocalDate("month")).isEqualTo(LocalDate.of(2026, 1, 1));
    }

    @Test
    void failedPullIsKeptBesideTheResourceAndChangesNothingElse() {
        UUID resource = host.created(offering);
        pull = event -> usage("10");
        pulled(resource);
        pull = event -> LifecycleResult.failed(Outcome.FAILED, "bad_output", "Cannot read the line.");
        assertThat(pulled(resource).getString("state")).isEqualTo("FAILED");
        JsonObject shown = host.resource(resource);
        assertThat(shown.getString("state")).isEqualTo("OK");
        assertThat(shown.getJsonObject("last_pull").getString("code")).isEqualTo("bad_output");
        assertThat(usages().get(0).getBigDecimal("amount")).isEqualByComparingTo("10");
    }

    @Test
    void goodPullDoesNotMakeAnErredResourceLookWell() {
        UUID resource = host.created(offering);
        host.execute("UPDATE resources SET state = 'ERRED', error_message = 'update failed'", Tuple.tuple());
        pull = event -> usage("10");
        assertThat(pulled(resource).getString("state")).isEqualTo("SUCCEEDED");
        assertThat(host.resource(resource).getString("state")).isEqualTo("ERRED");
        assertThat(usages()).hasSize(1);
    }

    @Test
    void resourceWhoseCreationFailedIsNotPulled() {
        creation = LifecycleResult.failed(Outcome.FAILED, "script_failed", "no");
        UUID resource = host.created(offering);
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> pulled(resource));
        assertThat(refusal.code()).isEqualTo("never_created");
    }

    @Test
    void hoursMissedAreMadeUpByOnePullAndTheNextComesAtTheResourcesOwnTime() {
        UUID resource = host.created(offering);
        host.execute("UPDATE resources SET next_pull_at = now() - interval '7 hours'", Tuple.tuple());
        host.eventually(
                () -> host.views.resource(resource).map(found -> found.orElseThrow()),
                shown -> shown.getJsonObject("last_pull") != null);
        join(vertx.timer(600));
        assertThat(host.query("SELECT id FROM runs WHERE event_type = 'pull'", Tuple.tuple()))
                .hasSize(1);
        Instant next = Instant.parse(host.resource(resource).getString("next_pull_at"));
        assertThat(next).isAfter(Instant.now()).isBefore(Instant.now().plusSeconds(3601));
    }

    @Test
    void pullsOfManyResourcesAreSpreadOverTheHour() {
        for (int i = 0; i < 40; i++) {
            host.created(offering);
        }
        host.execute("UPDATE resources SET next_pull_at = now()", Tuple.tuple());
        host.eventually(
                () -> host.database
                        .client()
                        .query("SELECT count(*) AS n FROM resources WHERE next_pull_at > now()")
                        .execute()
                        .map(rows ->
                                new JsonObject().put("n", rows.iterator().next().getLong("n"))),
                json -> json.getLong("n") == 40);
        List<Row> quarters = host.query(
                "SELECT DISTINCT floor(extract(epoch FROM next_pull_at - now()) / 900) AS q FROM resources",
                Tuple.tuple());
        assertThat(quarters).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void terminatingCancelsThePullThatWaits() {
        UUID resource = host.created(offering);
        host.execute(
                "INSERT INTO runs (id, event_type, plugin, resource_id, offering_id, state, due_at)"
                        + " SELECT $1, 'pull', 'test', res.id, res.offering_id, 'PENDING', now() + interval '1 hour'"
                        + " FROM resources res WHERE res.id = $2",
                Tuple.of(UUID.randomUUID(), resource));
        JsonObject order =
                host.ended(host.submit(new JsonObject().put("type", "terminate").put("resource", resource.toString())));
        assertThat(order.getString("state")).isEqualTo("DONE");
        assertThat(host.query("SELECT state FROM runs WHERE event_type = 'pull'", Tuple.tuple())
                        .get(0)
                        .getString("state"))
                .isEqualTo("CANCELED");
    }

    @Test
    void secondWishForAPullIsAnsweredWithTheOneThatWaits() {
        UUID resource = host.created(offering);
        host.execute("UPDATE offerings SET type = 'missing'", Tuple.tuple());
        JsonObject first = join(host.lifecycle.runs().pullNow(resource));
        JsonObject second = join(host.lifecycle.runs().pullNow(resource));
        assertThat(second.getString("uuid")).isEqualTo(first.getString("uuid"));
    }

    @Test
    void recurringUsageCountsAgainInTheMonthsAfter() {
        UUID resource = host.created(offering);
        host.execute(
                "INSERT INTO usages (resource_id, component, month, amount, recurring)"
                        + " VALUES ($1, 'storage', date_trunc('month', now() AT TIME ZONE 'UTC') - interval '2 months', 5, true)",
                Tuple.of(resource));
        TestHost next = new TestHost(vertx, host.database, "host-2", 1);
        join(next.lifecycle.start());
        host.eventually(
                () -> host.database
                        .client()
                        .query("SELECT count(*) AS n FROM usages")
                        .execute()
                        .map(rows ->
                                new JsonObject().put("n", rows.iterator().next().getLong("n"))),
                json -> json.getLong("n") == 3);
        join(next.lifecycle.stop());
        assertThat(usages())
                .allSatisfy(row -> assertThat(row.getBigDecimal("amount")).isEqualByComparingTo("5"));
    }
}
