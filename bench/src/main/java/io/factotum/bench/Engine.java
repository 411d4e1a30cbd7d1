package io.factotum.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The calls of a container engine's API that a one-time container needs, on connections that are kept. */
final class Engine {

    // What Docker 20.10 and all newer ones speak.
    private static final String API = "/v1.41";

    private final Path socket;
    private final ConcurrentLinkedQueue<UnixHttp> idle = new ConcurrentLinkedQueue<>();

    private Engine(Path socket) {
        this.socket = socket;
    }

    /** The engine that {@code DOCKER_HOST} names, or the default one. */
    static Engine ofEnvironment(Map<String, String> environment) {
        String host = environment.getOrDefault("DOCKER_HOST", "unix:///var/run/docker.sock");
        if (!host.startsWith("unix://")) {
            throw new IllegalArgumentException(
                    "Cannot measure against engine '%s': the bare client speaks to Unix sockets only. Set DOCKER_HOST to unix://..."
                            .formatted(host));
        }
        return new Engine(Path.of(host.substring("unix://".length())));
    }

    /** A connection for as long as it is not given back. */
    UnixHttp connection() throws IOException {
        UnixHttp kept = idle.poll();
        return kept != null ? kept : newConnection();
    }

    /** A connection that is not to be given back. */
    UnixHttp newConnection() throws IOException {
        return UnixHttp.connect(socket);
    }

    void giveBack(UnixHttp connection) {
        idle.add(connection);
    }

    /** Closes those that wait: after some minutes the engine does. */
    void closeIdle() throws IOException {
        for (UnixHttp kept = idle.poll(); kept != null; kept = idle.poll()) {
            kept.close();
        }
    }

    static String path(String path) {
        return API + path;
    }

    /** Makes a container and gives its id. */
    static String create(UnixHttp http, String body) throws IOException {
        return expect(http.request("POST", path("/containers/create"), body), 201)
                .getString("Id");
    }

    static void start(UnixHttp http, String id) throws IOException {
        expect(http.request("POST", path("/containers/" + id + "/start"), null), 204);
    }

    /** Gives the exit code when it has ended. */
    static int awaitEnd(UnixHttp http, String id) throws IOException {
        return expect(http.request("POST", path("/containers/" + id + "/wait"), null), 200)
                .getInteger("StatusCode");
    }

    /** What it has printed to standard output. */
    static String logs(UnixHttp http, String id) throws IOException {
        UnixHttp.Response response = http.request("GET", path("/containers/" + id + "/logs?stdout=1&stderr=1"), null);
        if (response.status() != 200) {
            throw new IOException("The engine answers %d: %s".formatted(response.status(), response.text()));
        }
        return stdout(response.body());
    }

    static void remove(UnixHttp http, String id) throws IOException {
        expect(http.request("DELETE", path("/containers/" + id + "?v=1"), null), 204);
    }

    static Optional<JsonObject> inspect(UnixHttp http, String idOrName) throws IOException {
        UnixHttp.Response response = http.request("GET", path("/containers/" + idOrName + "/json"), null);
        return response.status() == 404 ? Optional.empty() : Optional.of(expect(response, 200));
    }

    /** Of the engine's frames (stream, length, bytes), the ones of standard output. */
    static String stdout(byte[] frames) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at + 8 <= frames.length) {
            int length = (frames[at + 4] & 0xFF) << 24
                    | (frames[at + 5] & 0xFF) << 16
                    | (frames[at + 6] & 0xFF) << 8
                    | (frames[at + 7] & 0xFF);
            if (frames[at] == 1) {
                text.append(new String(frames, at + 8, length, StandardCharsets.UTF_8));
            }
            at += 8 + length;
        }
        return text.toString();
    }

    private static JsonObject expect(UnixHttp.Response response, int status) throws IOException {
        if (response.status() != status) {
            throw new IOException("The engine answers %d: %s".formatted(response.status(), response.text()));
        }
        return response.body().length == 0 ? new JsonObject() : new JsonObject(response.text());
    }
}
