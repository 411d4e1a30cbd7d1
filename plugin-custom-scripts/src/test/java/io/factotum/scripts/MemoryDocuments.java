package io.factotum.scripts;

import io.factotum.api.store.DocumentStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Documents in memory. */
final class MemoryDocuments implements DocumentStore {

    private final TreeMap<String, JsonObject> documents = new TreeMap<>();

    @Override
    public Future<Optional<JsonObject>> get(String key) {
        return Future.succeededFuture(Optional.ofNullable(documents.get(key)));
    }

    @Override
    public Future<Void> put(String key, JsonObject document) {
        documents.put(key, document);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> delete(String key) {
        documents.remove(key);
        return Future.succeededFuture();
    }

    @Override
    public Future<List<String>> keys(String prefix) {
        return Future.succeededFuture(documents.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .toList());
    }
}
