package io.factotum.host.storage;

import io.factotum.api.store.DocumentStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;

/** One plugin's documents in PostgreSQL. */
public final class PgDocumentStore implements DocumentStore {

    private final Database database;
    private final String plugin;

    /** For the plugin with that id. */
    public PgDocumentStore(Database database, String plugin) {
        this.database = database;
        this.plugin = plugin;
    }

    @Override
    public Future<Optional<JsonObject>> get(String key) {
        return database.client()
                .preparedQuery("SELECT value FROM documents WHERE plugin = $1 AND key = $2")
                .execute(Tuple.of(plugin, key))
                .map(rows -> rows.stream().findFirst().map(row -> row.getJsonObject("value")));
    }

    @Override
    public Future<Void> put(String key, JsonObject document) {
        if (key.isEmpty() || key.length() > 255) {
            return Future.failedFuture(new IllegalArgumentException(
                    "Cannot store document '%s': its key has %d characters. Expected 1 to 255."
                            .formatted(key, key.length())));
        }
        return database.client()
                .preparedQuery("INSERT INTO documents (plugin, key, value) VALUES ($1, $2, $3)"
                        + " ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value, updated_at = now()")
                .execute(Tuple.of(plugin, key, document))
                .mapEmpty();
    }

    @Override
    public Future<Void> delete(String key) {
        return database.client()
                .preparedQuery("DELETE FROM documents WHERE plugin = $1 AND key = $2")
                .execute(Tuple.of(plugin, key))
                .mapEmpty();
    }

    @Override
    public Future<List<String>> keys(String prefix) {
        return database.client()
                .preparedQuery("SELECT key FROM documents WHERE plugin = $1 AND starts_with(key, $2) ORDER BY key")
                .execute(Tuple.of(plugin, prefix))
                .map(rows -> rows.stream().map(row -> row.getString("key")).toList());
    }
}
