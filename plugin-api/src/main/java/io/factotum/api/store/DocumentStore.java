package io.factotum.api.store;

import io.factotum.api.annotation.ImplementedByHost;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** JSON documents of the plugin's own, under keys that no other plugin sees. Futures complete on the caller's context. */
@ImplementedByHost
public interface DocumentStore {

    /** The document under that key. */
    Future<Optional<JsonObject>> get(String key);

    /** Stores a document, in place of the one before. The key has 1 to 255 characters. */
    Future<Void> put(String key, JsonObject document);

    /** Removes a document; nothing happens if there is none. */
    Future<Void> delete(String key);

    /** The keys that begin with a prefix, in order. */
    Future<List<String>> keys(String prefix);
}
