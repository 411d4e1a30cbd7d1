package io.factotum.host;

import io.factotum.api.admin.AdminRequest;
import io.factotum.api.admin.AdminResponse;
import io.factotum.host.http.PluginOperations;
import io.factotum.host.plugin.PluginManagement;
import io.factotum.host.plugin.PluginRequests;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The plugins of this host, as the API manages them. */
record HostedPlugins(PluginManagement plugins, PluginRequests requests) implements PluginOperations {

    @Override
    public List<JsonObject> list() {
        return plugins.list();
    }

    @Override
    public Future<JsonObject> get(String id) {
        return plugins.get(id);
    }

    @Override
    public Future<JsonObject> upload(Buffer jar, @Nullable String proof) {
        return plugins.upload(jar, proof);
    }

    @Override
    public Future<JsonObject> enable(String id) {
        return plugins.enable(id);
    }

    @Override
    public Future<JsonObject> disable(String id) {
        return plugins.disable(id);
    }

    @Override
    public Future<JsonObject> reload(String id) {
        return plugins.reload(id);
    }

    @Override
    public Future<JsonObject> retry(String id) {
        return plugins.retry(id);
    }

    @Override
    public Future<JsonObject> rollBack(String id) {
        return plugins.rollBack(id);
    }

    @Override
    public Future<Void> remove(String id) {
        return plugins.remove(id);
    }

    @Override
    public Future<AdminResponse> answer(String id, AdminRequest request, List<String> segments) {
        return requests.answer(id, request, segments);
    }

    @Override
    public JsonObject configSchema(String id) {
        return plugins.configSchema(id);
    }

    @Override
    public Future<JsonObject> configure(String id, JsonObject config, boolean dryRun) {
        return plugins.configure(id, config, dryRun);
    }
}
