package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Who waits for the result of a run, on whichever host it is carried out. */
final class RunWaiters {

    private static final Set<String> ACTIVE = Set.of("PENDING", "RUNNING");
    /** A change that was not told, as when a host was killed after its commit, is found by looking. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final Database database;
    private final Map<UUID, Promise<JsonObject>> waiting = new ConcurrentHashMap<>();

    RunWaiters(Vertx vertx, Database database) {
        this.database = database;
        vertx.eventBus().<JsonObject>consumer(LifecycleAddress.RUNS_CHANGED, message -> {
            if (!ACTIVE.contains(message.body().getString("state"))) {
                look(UUID.fromString(message.body().getString("uuid")));
            }
        });
        vertx.setPeriodic(LOOK.toMillis(), fired -> waiting.keySet().forEach(this::look));
    }

    /** The result of the run, once it is stored. */
    Future<JsonObject> result(UUID run) {
        Future<JsonObject> result =
                waiting.computeIfAbsent(run, id -> Promise.promise()).future();
        look(run);
        return result;
    }

    private void look(UUID run) {
        if (!waiting.containsKey(run)) {
            return;
        }
        database.client()
                .preparedQuery("SELECT state, code, message, result FROM runs WHERE id = $1")
                .execute(Tuple.of(run))
                .onSuccess(rows -> rows.stream()
                        .filter(row -> !ACTIVE.contains(row.getString("state")))
                        .forEach(row -> ended(run, row)));
    }

    private void ended(UUID run, Row row) {
        Promise<JsonObject> promise = waiting.remove(run);
        if (promise != null) {
            promise.complete(result(row).put("run", run.toString()));
        }
    }

    private static JsonObject result(Row row) {
        JsonObject result = row.getJsonObject("result");
        // Canceled before it was ever sent: there is no result of a plugin.
        return result != null
                ? result
                : new JsonObject()
                        .put("outcome", row.getString("state").toLowerCase(Locale.ROOT))
                        .put("code", row.getString("code"))
                        .put("message", row.getString("message"));
    }
}
