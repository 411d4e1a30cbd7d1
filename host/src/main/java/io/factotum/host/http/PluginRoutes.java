package io.factotum.host.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.BiFunction;

/** Plugins. */
final class PluginRoutes {

    private final PluginOperations plugins;

    PluginRoutes(PluginOperations plugins) {
        this.plugins = plugins;
    }

    Map<String, Endpoint> endpoints() {
        return Map.of(
                "listPlugins",
                        request -> Future.succeededFuture(
                                ApiResponse.ok(new JsonObject().put("items", new JsonArray(plugins.list())))),
                "getPlugin", with(PluginOperations::get),
                "uploadPlugin", request -> plugins.upload(request.raw()).map(ApiResponse::ok),
                "enablePlugin", with(PluginOperations::enable),
                "disablePlugin", with(PluginOperations::disable),
                "reloadPlugin", with(PluginOperations::reload),
                "retryPlugin", with(PluginOperations::retry),
                "rollBackPlugin", with(PluginOperations::rollBack),
                "removePlugin", request -> plugins.remove(id(request)).map(gone -> ApiResponse.noContent()));
    }

    private Endpoint with(BiFunction<PluginOperations, String, Future<JsonObject>> operation) {
        return request -> operation.apply(plugins, id(request)).map(ApiResponse::ok);
    }

    private static String id(ApiRequest request) {
        return String.valueOf(request.parameter("plugin"));
    }
}
