package io.factotum.host.http;

import io.factotum.api.admin.AdminRequest;
import io.factotum.api.admin.AdminResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the API does with plugins. Each answers with the plugin as it is once that is done. */
public interface PluginOperations {

    /** Every plugin, and every jar that is none. */
    List<JsonObject> list();

    /** One plugin, with all that is known of it. */
    Future<JsonObject> get(String id);

    /** Checks a jar and what makes it trusted, if that came with it, puts it into the plugins directory, and loads it. */
    Future<JsonObject> upload(Buffer jar, @Nullable String proof);

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

    /** Has a plugin answer a request to a route of its own; the segments are those of the request's path, decoded. */
    Future<AdminResponse> answer(String id, AdminRequest request, List<String> segments);

    /** The JSON Schema of its configuration. */
    JsonObject configSchema(String id);

    /**
     * Gives it another configuration.
     *
     * @param config references unresolved; where it says {@code ***}, what is there stays
     * @param dryRun only tells whether it fits
     */
    Future<JsonObject> configure(String id, JsonObject config, boolean dryRun);
}
