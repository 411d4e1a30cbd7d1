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
        return Map.ofEntries(
                entry(
                        "listPlugins",
                        request -> Future.succeededFuture(
                                ApiResponse.ok(new JsonObject().put("items", new JsonArray(plugins.list()))))),
                entry("getPlugin", with(PluginOperations::get)),
                entry("uploadPlugin", request -> plugins.upload(request.raw(), request.parameter("X-Factotum-Proof"))
                        .map(ApiResponse::ok)),
                entry("enablePlugin", with(PluginOperations::enable)),
                entry("disablePlugin", with(PluginOperations::disable)),
                entry("reloadPlugin", with(PluginOperations::reload)),
                entry("retryPlugin", with(PluginOperations::retry)),
                entry("rollBackPlugin", with(PluginOperations::rollBack)),
                entry("removePlugin", request -> plugins.remove(id(request)).map(gone -> ApiResponse.noContent())),
                entry(
                        "getPluginConfigSchema",
                        request -> Future.succeededFuture(ApiResponse.ok(plugins.configSchema(id(request))))),
                entry("configurePlugin", request -> plugins.configure(
                                id(request), request.body(), "true".equals(request.parameter("dry_run")))
                        .map(ApiResponse::ok)));
    }

    private static Map.Entry<String, Endpoint> entry(String operation, Endpoint endpoint) {
        return Map.entry(operation, endpoint);
    }

    private Endpoint with(BiFunction<PluginOperations, String, Future<JsonObject>> operation) {
        return request -> operation.apply(plugins, id(request)).map(ApiResponse::ok);
    }

    private static String id(ApiRequest request) {
        return String.valueOf(request.parameter("plugin"));
    }
}
