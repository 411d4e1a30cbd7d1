package io.factotum.host.http;

import io.factotum.api.admin.AdminRequest;
import io.factotum.api.admin.AdminResponse;
import io.factotum.host.Refusal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

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
    public Future<JsonObject> upload(Buffer jar, @Nullable String proof) {
        return asked("upload " + jar.length() + (proof == null ? "" : " " + proof), "test-type", "ACTIVE");
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

    @Override
    public Future<AdminResponse> answer(String id, AdminRequest request, List<String> segments) {
        if (!id.equals("test-type")) {
            return Future.failedFuture(Refusal.notFound("plugin", id));
        }
        return Future.succeededFuture(new AdminResponse(
                201,
                Map.of("Content-Type", "application/json", "X-Own", "yes", "Content-Length", "1", "Set-Cookie", "a=b"),
                new JsonObject()
                        .put("method", request.method())
                        .put("path", request.path())
                        .put("segments", new JsonArray(segments))
                        .put("query", new JsonObject(Map.copyOf(request.query())))
                        .put("headers", new JsonObject(Map.copyOf(request.headers())))
                        .put("body", request.body().toString())
                        .toBuffer()));
    }

    @Override
    public JsonObject configSchema(String id) {
        return new JsonObject().put("type", "object").put("title", id);
    }

    @Override
    public Future<JsonObject> configure(String id, JsonObject config, boolean dryRun) {
        return dryRun
                ? Future.succeededFuture(new JsonObject().put("config", config))
                : asked("configure " + config.encode(), id, "ACTIVE");
    }
}
