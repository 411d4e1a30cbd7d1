package io.factotum.host.http;

import io.factotum.host.Refusal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One plugin, and what was asked of it. */
final class TestPlugins implements PluginOperations {

    final List<String> asked = new CopyOnWriteArrayList<>();

    private static JsonObject plugin(String state) {
        return new JsonObject()
                .put("id", "test-type")
                .put("state", state)
                .put("file", "test-type.jar")
                .put("since", "2026-01-01T00:00:00Z");
    }

    private Future<JsonObject> asked(String verb, String id, String state) {
        asked.add(verb + " " + id);
        return id.equals("test-type")
                ? Future.succeededFuture(plugin(state))
                : Future.failedFuture(Refusal.notFound("plugin", id));
    }

    @Override
    public List<JsonObject> list() {
        return List.of(plugin("ACTIVE"));
    }

    @Override
    public Future<JsonObject> get(String id) {
        return asked("get", id, "ACTIVE");
    }

    @Override
    public Future<JsonObject> upload(Buffer jar) {
        return asked("upload " + jar.length(), "test-type", "ACTIVE");
    }

    @Override
    public Future<JsonObject> enable(String id) {
        return asked("enable", id, "ACTIVE");
    }

    @Override
    public Future<JsonObject> disable(String id) {
        return asked("disable", id, "DISABLED");
    }

    @Override
    public Future<JsonObject> reload(String id) {
        return asked("reload", id, "ACTIVE");
    }

    @Override
    public Future<JsonObject> retry(String id) {
        return asked("retry", id, "FAILED");
    }

    @Override
    public Future<JsonObject> rollBack(String id) {
        return asked("rollback", id, "ACTIVE");
    }

    @Override
    public Future<Void> remove(String id) {
        return asked("remove", id, "REMOVED").mapEmpty();
    }
}
