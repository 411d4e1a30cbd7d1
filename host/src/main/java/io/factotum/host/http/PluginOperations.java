package io.factotum.host.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What the API does with plugins. Each answers with the plugin as it is once that is done. */
public interface PluginOperations {

    /** Every plugin, and every jar that is none. */
    List<JsonObject> list();

    /** One plugin, with all that is known of it. */
    Future<JsonObject> get(String id);

    /** Checks a jar, puts it into the plugins directory, and loads it. */
    Future<JsonObject> upload(Buffer jar);

    /** Switches it on. */
    Future<JsonObject> enable(String id);

    /** Switches it off. */
    Future<JsonObject> disable(String id);

    /** Loads it afresh. */
    Future<JsonObject> reload(String id);

    /** Tries once more what failed. */
    Future<JsonObject> retry(String id);

    /** Puts back the jar that ran well before. */
    Future<JsonObject> rollBack(String id);

    /** Removes its jar and unloads it. */
    Future<Void> remove(String id);
}
