package io.factotum.host.plugin;

import io.factotum.api.store.DocumentStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A plugin's documents in memory: how the plugins of these tests tell what they saw. */
final class MemoryDocuments implements DocumentStore {

    private final Map<String, JsonObject> documents = new ConcurrentSkipListMap<>();

    Object told(String key) {
        JsonObject document = documents.get(key);
        if (document == null) {
            throw new AssertionError("nothing was told of " + key + ", only of " + documents.keySet());
        }
        return document.getValue("value");
    }

    boolean wasTold(String key) {
        return documents.containsKey(key);
    }

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
