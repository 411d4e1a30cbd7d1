package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The watches of the double of a cluster: lines of JSON, as an API server sends them. Only on the server's thread. */
final class WatchesDouble {

    private final ClusterObjects objects;
    private final List<Watch> open = new CopyOnWriteArrayList<>();
    /** Nothing is told as long as this is set, as when a connection is dead. */
    volatile boolean silent;

    private record Watch(HttpServerResponse response, Consumer<ClusterObjects.Change> watcher) {}

    WatchesDouble(ClusterObjects objects) {
        this.objects = objects;
    }

    int count() {
        return open.size();
    }

    void open(String kind, Map<String, String> parameters, HttpServerResponse response) {
        response.setChunked(true).putHeader("Content-Type", "application/json").writeHead();
        String selector = parameters.getOrDefault("labelSelector", "");
        Consumer<ClusterObjects.Change> watcher = change -> {
            if (!silent && change.kind().equals(kind) && selects(selector, change.object())) {
                response.write(change.line() + "\n");
            }
        };
        objects.since(Long.parseLong(parameters.get("resourceVersion")))
                .ifPresentOrElse(
                        changes -> {
                            changes.forEach(watcher);
                            Watch watch = new Watch(response, watcher);
                            open.add(watch);
                            objects.watch(watcher);
                            response.closeHandler(v -> close(watch));
                        },
                        () -> response.end(tooOld()));
    }

    /** Ends all: quietly, or with an error as of a version that is too old. */
    void end(boolean gone) {
        for (Watch watch : open) {
            close(watch);
            if (gone) {
                watch.response().end(tooOld());
            } else {
                watch.response().end();
            }
        }
    }

    /** Breaks all connections off in the midst of a line. */
    void breakOff() {
        for (Watch watch : open) {
            close(watch);
            watch.response().write("{\"type\":\"MODI").onComplete(written -> watch.response()
                    .reset());
        }
    }

    /** Tells nothing but a version, as a server does now and then. */
    void bookmark() {
        String version = String.valueOf(objects.version());
        JsonObject object = new JsonObject()
                .put("kind", "Pod")
                .put("apiVersion", "v1")
                .put("metadata", new JsonObject().put("resourceVersion", version));
        String line =
                new JsonObject().put("type", "BOOKMARK").put("object", object).encode();
        open.forEach(watch -> watch.response().write(line + "\n"));
    }

    private void close(Watch watch) {
        open.remove(watch);
        objects.unwatch(watch.watcher());
    }

    private static String tooOld() {
        JsonObject status = new JsonObject(ApiServerDouble.status(410, "Expired", "too old resource version")
                .body());
        return new JsonObject().put("type", "ERROR").put("object", status).encode() + "\n";
    }

    static boolean selects(String selector, JsonObject object) {
        if (selector.isEmpty()) {
            return true;
        }
        int equals = selector.indexOf('=');
        String key = selector.substring(0, equals);
        String value = selector.substring(equals + 1);
        if (key.equals("involvedObject.uid")) {
            return value.equals(
                    object.getJsonObject("involvedObject", new JsonObject()).getString("uid"));
        }
        return value.equals(object.getJsonObject("metadata")
                .getJsonObject("labels", new JsonObject())
                .getString(key));
    }
}
