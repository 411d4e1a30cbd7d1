package io.factotum.host.lifecycle;

import io.factotum.host.Refusal;
import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs that people ask for, or ask to stop. */
public final class RunService {

    private final Database database;
    private final Changes changes;
    private final Runnable wakeDispatcher;
    private final Consumer<UUID> cancelHere;
    private final Function<UUID, Future<Optional<JsonObject>>> runs;

    /**
     * Runs kept in that database.
     *
     * @param wakeDispatcher called after each commit that made a run due
     * @param cancelHere stops a run that this host has in hand
     * @param runs reads a run as the HTTP API shows it
     */
    RunService(
            Database database,
            Changes changes,
            Runnable wakeDispatcher,
            Consumer<UUID> cancelHere,
            Function<UUID, Future<Optional<JsonObject>>> runs) {
        this.database = database;
        this.changes = changes;
        this.wakeDispatcher = wakeDispatcher;
        this.cancelHere = cancelHere;
        this.runs = runs;
    }

    /** Has the usage and report of a resource read now; a pull that waits already is brought forward. Answers the run. */
    public Future<JsonObject> pullNow(UUID resourceId) {
        return database.transaction(connection -> connection
                        .preparedQuery("SELECT res.state, res.provisioned, off.type, off.handled FROM resources res"
                                + " JOIN offerings off ON off.id = res.offering_id WHERE res.id = $1 FOR UPDATE OF res")
                        .execute(Tuple.of(resourceId))
                        .compose(rows -> {
                            Row resource = rows.stream()
                                    .findFirst()
                                    .orElseThrow(() -> Refusal.notFound("resource", resourceId));
                            checkPullable(resourceId, resource);
                            return connection
                                    .preparedQuery("INSERT INTO runs (id, event_type, plugin, resource_id, state)"
                                            + " VALUES ($1, 'pull', $2, $3, 'PENDING')"
                                            + " ON CONFLICT (resource_id) WHERE state = 'PENDING' AND event_type = 'pull'"
                                            + " DO UPDATE SET due_at = least(runs.due_at, now()) RETURNING id")
                                    .execute(Tuple.of(UUID.randomUUID(), resource.getString("type"), resourceId));
                        })
                        .map(rows -> rows.iterator().next().getUUID("id")))
                .compose(this::changed);
    }

    private static void checkPullable(UUID id, Row resource) {
        String what = "Cannot pull resource '%s': ".formatted(id);
        if (!List.of(resource.getArrayOfStrings("handled")).contains("pull")) {
            throw new Refusal(409, "nothing_to_run", what + "its offering has nothing to run for a pull.");
        }
        if (!resource.getBoolean("provisioned")) {
            throw new Refusal(409, "never_created", what + "its creation has not succeeded.");
        }
        if (List.of("TERMINATING", "TERMINATED").contains(resource.getString("state"))) {
            throw new Refusal(
                    409,
                    "terminated",
                    what + "it is " + resource.getString("state").toLowerCase(Locale.ROOT) + ".");
        }
    }

    /**
     * Cancels a run: at once if it waits, else as soon as its plugin has stopped it. Answers the run. Fails with
     * {@link Refusal} if it has ended.
     */
    public Future<JsonObject> cancel(UUID runId) {
        return database.<UUID>transaction(connection -> connection
                        .preparedQuery("SELECT FROM resources WHERE id = (SELECT resource_id FROM runs WHERE id = $1)"
                                + " FOR UPDATE")
                        .execute(Tuple.of(runId))
                        .compose(locked -> connection
                                .preparedQuery("SELECT state FROM runs WHERE id = $1 FOR UPDATE")
                                .execute(Tuple.of(runId)))
                        .map(rows -> rows.stream()
                                .findFirst()
                                .orElseThrow(() -> Refusal.notFound("run", runId))
                                .getString("state"))
                        .compose(state -> cancel(connection, runId, state))
                        .map(runId))
                .onSuccess(cancelHere::accept)
                .compose(this::changed);
    }

    private static Future<Void> cancel(SqlConnection connection, UUID runId, String state) {
        return switch (state) {
            case "PENDING" -> cancelWaiting(connection, runId);
            case "RUNNING" ->
                connection
                        .preparedQuery("UPDATE runs SET cancel_requested_at = coalesce(cancel_requested_at, now()),"
                                + " updated_at = now() WHERE id = $1")
                        .execute(Tuple.of(runId))
                        .mapEmpty();
            default ->
                throw new Refusal(
                        409, "already_ended", "Cannot cancel run '%s': it has ended with %s.".formatted(runId, state));
        };
    }

    private static Future<Void> cancelWaiting(SqlConnection connection, UUID runId) {
        String message = "Canceled before it began.";
        Future<?> run = connection
                .preparedQuery("UPDATE runs SET state = 'CANCELED', code = 'canceled', message = $2,"
                        + " cancel_requested_at = now(), finished_at = now(), updated_at = now() WHERE id = $1")
                .execute(Tuple.of(runId, message));
        Future<?> order = connection
                .preparedQuery("UPDATE orders SET state = 'CANCELED', code = 'canceled', message = $2,"
                        + " finished_at = now(), updated_at = now()"
                        + " WHERE id = (SELECT order_id FROM runs WHERE id = $1)")
                .execute(Tuple.of(runId, message));
        Future<?> resource = connection
                // Nothing was begun: the resource is what it was; one that never was remains to be terminated.
                .preparedQuery("UPDATE resources res SET state = coalesce(ord.state_before, 'ERRED'),"
                        + " error_message = CASE WHEN ord.state_before IS NULL THEN $2 ELSE error_message END,"
                        + " updated_at = now() FROM runs r JOIN orders ord ON ord.id = r.order_id"
                        + " WHERE r.id = $1 AND res.id = r.resource_id")
                .execute(Tuple.of(runId, message));
        return Future.all(run, order, resource).mapEmpty();
    }

    private Future<JsonObject> changed(UUID runId) {
        wakeDispatcher.run();
        changes.run(runId);
        return runs.apply(runId).map(Optional::orElseThrow);
    }
}
