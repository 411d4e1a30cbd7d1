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
                                    .preparedQuery("INSERT INTO runs (id, event_type, plugin, resource_id, offering_id,"
                                            + " customer, state) SELECT $1, 'pull', $2, res.id, res.offering_id,"
                                            + " coalesce(res.customer_uuid::text, res.customer_name), 'PENDING'"
                                            + " FROM resources res WHERE res.id = $3"
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
     * Cancels a run: at once if nothing of it is begun, wherever it is; else as soon as its plugin has stopped it. Answers
     * the run. Fails with {@link Refusal} if it has ended.
     */
    public Future<JsonObject> cancel(UUID runId) {
        return database.<UUID>transaction(connection -> connection
                        .preparedQuery("SELECT FROM resources WHERE id = (SELECT resource_id FROM runs WHERE id = $1)"
                                + " FOR UPDATE")
                        .execute(Tuple.of(runId))
                        .compose(locked -> connection
                                .preparedQuery("SELECT state, begun_at IS NOT NULL AS begun, failures FROM runs"
                                        + " WHERE id = $1 FOR UPDATE")
                                .execute(Tuple.of(runId)))
                        .map(rows -> rows.stream().findFirst().orElseThrow(() -> Refusal.notFound("run", runId)))
                        .compose(run -> cancel(connection, runId, run))
                        .map(runId))
                .onSuccess(cancelHere::accept)
                .compose(this::changed);
    }

    private static Future<?> cancel(SqlConnection connection, UUID runId, Row run) {
        String state = run.getString("state");
        if (!state.equals("PENDING") && !state.equals("RUNNING")) {
            throw new Refusal(
                    409, "already_ended", "Cannot cancel run '%s': it has ended with %s.".formatted(runId, state));
        }
        Future<?> canceled = run.getBoolean("begun")
                ? connection
                        .preparedQuery("UPDATE runs SET cancel_requested_at = coalesce(cancel_requested_at, now()),"
                                + " updated_at = now() WHERE id = $1")
                        .execute(Tuple.of(runId))
                : Cancellation.unbegun(connection, runId, run.getInteger("failures"));
        // Whichever host has it in hand is to let go of it.
        Future<?> told = connection
                .preparedQuery("SELECT pg_notify($1, $2)")
                .execute(Tuple.of(RunDispatcher.CANCELS, runId.toString()));
        return Future.all(canceled, told);
    }

    private Future<JsonObject> changed(UUID runId) {
        wakeDispatcher.run();
        changes.run(runId);
        return runs.apply(runId).map(Optional::orElseThrow);
    }
}
