package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.resource.JsonRecords;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.Numeric;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** What a pull that has ended means for its resource: never its state; part of a transaction. */
final class PullEffects {

    private static final String USAGE = """
            INSERT INTO usages (resource_id, component, month, amount, description, recurring, run_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (resource_id, component, month) DO UPDATE SET
                amount = excluded.amount, description = excluded.description, recurring = excluded.recurring,
                run_id = excluded.run_id, reported_at = now()
            """;

    private final SqlConnection connection;
    private final LifecycleEvent event;
    private final LifecycleResult result;

    PullEffects(SqlConnection connection, LifecycleEvent event, LifecycleResult result) {
        this.connection = connection;
        this.event = event;
        this.result = result;
    }

    /**
     * Writes it.
     *
     * @param read when the reading began: its calendar month (UTC) is the one the usages belong to
     */
    Future<?> apply(Instant read) {
        LocalDate month = LocalDate.ofInstant(read, ZoneOffset.UTC).withDayOfMonth(1);
        return Future.all(lastPull(), usages(month), report());
    }

    private Future<?> lastPull() {
        JsonObject lastPull = new JsonObject()
                .put("state", result.outcome().name())
                .put("run", event.id().toString())
                .put("time", Instant.now().toString())
                .put("message", result.message());
        if (result.code() != null) {
            lastPull.put("code", result.code());
        }
        return connection
                .preparedQuery("UPDATE resources SET last_pull = $2, updated_at = now() WHERE id = $1")
                .execute(Tuple.of(event.resource().uuid(), lastPull));
    }

    private Future<?> usages(LocalDate month) {
        List<Usage> usages = result.isSuccess() && result.usages() != null ? result.usages() : List.of();
        if (usages.isEmpty()) {
            return Future.succeededFuture();
        }
        return connection
                .preparedQuery(USAGE)
                .executeBatch(usages.stream()
                        .map(usage -> Tuple.of(
                                event.resource().uuid(),
                                usage.type(),
                                month,
                                Numeric.create(usage.amount()),
                                usage.description(),
                                usage.recurring(),
                                event.id()))
                        .toList());
    }

    private Future<?> report() {
        if (!result.isSuccess() || result.report() == null) {
            return Future.succeededFuture();
        }
        return connection
                .preparedQuery("UPDATE resources SET report = $2, reported_at = now() WHERE id = $1")
                .execute(Tuple.of(event.resource().uuid(), JsonRecords.array(result.report(), ReportSection::toJson)));
    }
}
