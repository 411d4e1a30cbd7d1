package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API server of the tests' own: it keeps Jobs, Pods, Secrets and Events, with versions, watches, merge patches, owners
 * and the answers that a real one gives to what is wrong. Whatever happens there is told to the listeners, one after the
 * other, on the server's own thread.
 */
final class ApiServerDouble {

    /** One request as it came. */
    record Request(String method, String path, String query, String body) {}

    /** What a test has a request answered with, in place of what would be right. */
    record Answer(int status, String body, Map<String, String> headers) {}

    /** A log as it is being written; null tells that it has ended. */
    interface LogSource {
        void read(boolean follow, HttpServerResponse response);
    }

    private static final Pattern PATH = Pattern.compile(
            "/(?:api/v1|apis/batch/v1)/namespaces/([^/]+)/(jobs|pods|secrets|events)(?:/([^/]+))?(/log)?");

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final Map<String, LogSource> logs = new java.util.concurrent.ConcurrentHashMap<>();
    private final Vertx vertx = Vertx.vertx();
    private final Map<String, Map<String, JsonObject>> objects = new LinkedHashMap<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Function<Request, Optional<Answer>>> faults = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private io.vertx.core.Context context;
    private final List<Change> history = new ArrayList<>();
    private long version = 100;

    /** Hears of each change of an object. */
    interface Listener {
        void changed(String type, String kind, JsonObject object);
    }

    private record Watcher(String kind, String selector, ServerWebSocket socket) {}

    private record Change(long version, String type, String kind, JsonObject object) {}

    static ApiServerDouble start() throws Exception {
        ApiServerDouble server = new ApiServerDouble();
        List.of("jobs", "pods", "secrets", "events").forEach(kind -> server.objects.put(kind, new LinkedHashMap<>()));
        server.context = server.vertx.getOrCreateContext();
        java.util.concurrent.CompletableFuture<HttpServer> listening = new java.util.concurrent.CompletableFuture<>();
        server.context.runOnContext(v -> server.vertx
                .createHttpServer(new io.vertx.core.http.HttpServerOptions().setCompressionSupported(false))
                .requestHandler(server::handle)
                .listen(0, "127.0.0.1")
                .onSuccess(listening::complete)
                .onFailure(listening::completeExceptionally));
        server.server = listening.get(10, java.util.concurrent.TimeUnit.SECONDS);
        return server;
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    Vertx vertx() {
        return vertx;
    }

    /** Runs something on the server's thread. */
    void on(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    void listen(Listener listener) {
        listeners.add(listener);
    }

    /** Answers requests otherwise, as long as this gives an answer. */
    void fault(Function<Request, Optional<Answer>> fault) {
        faults.add(fault);
    }

    /** The next requests of this method whose path holds a text get this answer. */
    void failNext(int times, String method, String path, Answer answer) {
        java.util.concurrent.atomic.AtomicInteger left = new java.util.concurrent.atomic.AtomicInteger(times);
        fault(request -> request.method().equals(method) && request.path().contains(path) && left.getAndDecrement() > 0
                ? Optional.of(answer)
                : Optional.empty());
    }

    /** From now on all is answered as is right. */
    void clearFaults() {
        faults.clear();
    }

    static Answer status(int code, String reason, String message) {
        return new Answer(
                code,
                new JsonObject()
                        .put("kind", "Status")
                        .put("apiVersion", "v1")
                        .put("status", "Failure")
                        .put("reason", reason)
                        .put("message", message)
                        .put("code", code)
                        .encode(),
                Map.of());
    }

    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, java.util.concurrent.TimeUnit.SECONDS);
    }

    /** Ends the watches: quietly, or with an error as of a version that is too old. */
    void endWatches(boolean gone) {
        on(() -> {
            for (Watcher watcher : List.copyOf(watchers)) {
                if (gone) {
                    JsonObject status = new JsonObject(
                            status(410, "Expired", "too old resource version").body());
                    watcher.socket()
                            .writeTextMessage(new JsonObject()
                                    .put("type", "ERROR")
                                    .put("object", status)
                                    .encode());
                }
                watcher.socket().close();
            }
            watchers.clear();
        });
    }

    /** The objects of a kind. Only on the server's thread. */
    List<JsonObject> all(String kind) {
        return List.copyOf(objects.get(kind).values());
    }

    Optional<JsonObject> get(String kind, String name) {
        return Optional.ofNullable(objects.get(kind).get(name)).map(JsonObject::copy);
    }

    /** Makes an object, as a controller does. Only on the server's thread. */
    JsonObject create(String kind, JsonObject object) {
        JsonObject metadata = object.getJsonObject("metadata");
        metadata.put("uid", UUID.randomUUID().toString())
                .put("creationTimestamp", now())
                .put("namespace", "scripts")
                .put("resourceVersion", String.valueOf(++version));
        objects.get(kind).put(metadata.getString("name"), object);
        tell("ADDED", kind, object);
        return object;
    }

    /** Changes an object, as a controller does. Only on the server's thread. */
    void update(String kind, String name, Consumer<JsonObject> change) {
        JsonObject object = objects.get(kind).get(name);
        if (object != null) {
            JsonObject changed = object.copy();
            change.accept(changed);
            if (!changed.equals(object)) {
                changed.getJsonObject("metadata").put("resourceVersion", String.valueOf(++version));
                objects.get(kind).put(name, changed);
                tell("MODIFIED", kind, changed);
            }
        }
    }

    /** Takes an object away, and what it owns soon after. Only on the server's thread. */
    void delete(String kind, String name) {
        JsonObject object = objects.get(kind).remove(name);
        if (object == null) {
            return;
        }
        object.getJsonObject("metadata").put("resourceVersion", String.valueOf(++version));
        tell("DELETED", kind, object);
        String uid = object.getJsonObject("metadata").getString("uid");
        vertx.setTimer(
                100,
                t -> on(() -> all("secrets").stream()
                        .filter(secret -> isOwnedBy(secret, uid))
                        .forEach(secret -> delete(
                                "secrets", secret.getJsonObject("metadata").getString("name")))));
    }

    static boolean isOwnedBy(JsonObject object, String uid) {
        return object.getJsonObject("metadata").getJsonArray("ownerReferences", new JsonArray()).stream()
                .anyMatch(owner -> ((JsonObject) owner).getString("uid").equals(uid));
    }

    private void tell(String type, String kind, JsonObject object) {
        JsonObject copy = object.copy();
        Change change = new Change(version, type, kind, copy);
        history.add(change);
        List.copyOf(watchers).forEach(watcher -> send(watcher, change));
        listeners.forEach(listener -> listener.changed(type, kind, copy));
    }

    private static void send(Watcher watcher, Change change) {
        if (watcher.kind().equals(change.kind()) && selects(watcher.selector(), change.object())) {
            watcher.socket()
                    .writeTextMessage(new JsonObject()
                            .put("type", change.type())
                            .put("object", typed(change.kind(), change.object().copy()))
                            .encode());
        }
    }

    private static JsonObject typed(String kind, JsonObject object) {
        return object.put(
                        "kind",
                        Map.of("jobs", "Job", "pods", "Pod", "secrets", "Secret", "events", "Event")
                                .get(kind))
                .put("apiVersion", kind.equals("jobs") ? "batch/v1" : "v1");
    }

    private void handle(HttpServerRequest http) {
        if (http.headers().contains("Upgrade")) {
            watch(http);
            return;
        }
        http.body().onSuccess(body -> {
            String query = http.query() == null ? "" : URLDecoder.decode(http.query(), StandardCharsets.UTF_8);
            Request request = new Request(http.method().name(), http.path(), query, body.toString());
            requests.add(request);
            Optional<Answer> fault = faults.stream()
                    .map(it -> it.apply(request))
                    .flatMap(Optional::stream)
                    .findFirst();
            if (fault.isPresent()) {
                answer(http.response(), fault.get());
                return;
            }
            Matcher path = PATH.matcher(http.path());
            if (!path.matches()) {
                answer(http.response(), status(404, "NotFound", "the server could not find the requested resource"));
                return;
            }
            serve(http, request, path.group(2), path.group(3), path.group(4) != null);
        });
    }

    private void serve(HttpServerRequest http, Request request, String kind, String name, boolean log) {
        HttpServerResponse response = http.response();
        if (log) {
            LogSource source = logs.get(name);
            if (source == null) {
                answer(response, status(404, "NotFound", "pods \"" + name + "\" not found"));
            } else {
                source.read(request.query().contains("follow=true"), response);
            }
        } else if (http.method() == HttpMethod.POST) {
            post(response, kind, new JsonObject(request.body()));
        } else if (name == null) {
            list(http, request, kind);
        } else if (!objects.get(kind).containsKey(name)) {
            answer(response, status(404, "NotFound", kind + " \"" + name + "\" not found"));
        } else if (http.method() == HttpMethod.PATCH) {
            update(kind, name, object -> object.mergeIn(new JsonObject(request.body()), true));
            answer(
                    response,
                    new Answer(200, typed(kind, get(kind, name).orElseThrow()).encode(), Map.of()));
        } else if (http.method() == HttpMethod.DELETE) {
            String uid = new JsonObject(request.body().isEmpty() ? "{}" : request.body())
                    .getJsonObject("preconditions", new JsonObject())
                    .getString("uid");
            String own = get(kind, name).orElseThrow().getJsonObject("metadata").getString("uid");
            if (uid != null && !uid.equals(own)) {
                answer(response, status(409, "Conflict", "the UID in the precondition does not match"));
                return;
            }
            delete(kind, name);
            answer(response, new Answer(200, "{\"kind\":\"Status\",\"status\":\"Success\"}", Map.of()));
        } else {
            answer(
                    response,
                    new Answer(200, typed(kind, get(kind, name).orElseThrow()).encode(), Map.of()));
        }
    }

    private void post(HttpServerResponse response, String kind, JsonObject object) {
        String name = object.getJsonObject("metadata").getString("name");
        if (objects.get(kind).containsKey(name)) {
            answer(response, status(409, "AlreadyExists", kind + " \"" + name + "\" already exists"));
            return;
        }
        if (kind.equals("secrets") && size(object) > 1 << 20) {
            answer(response, status(422, "Invalid", "Secret is invalid: data: Too long: may not be more than 1048576"));
            return;
        }
        JsonObject made = create(kind, object).copy();
        answer(response, new Answer(201, typed(kind, made).encode(), Map.of()));
    }

    private static long size(JsonObject secret) {
        return secret.getJsonObject("data").stream()
                .mapToLong(entry -> java.util.Base64.getDecoder().decode((String) entry.getValue()).length)
                .sum();
    }

    private void list(HttpServerRequest http, Request request, String kind) {
        Map<String, String> parameters = parameters(request.query());
        String selector = parameters.getOrDefault("labelSelector", parameters.getOrDefault("fieldSelector", ""));
        JsonArray items = new JsonArray();
        all(kind).stream().filter(object -> selects(selector, object)).forEach(object -> items.add(object));
        JsonObject list = new JsonObject()
                .put(
                        "kind",
                        Map.of("jobs", "JobList", "pods", "PodList", "events", "EventList")
                                .get(kind))
                .put("apiVersion", kind.equals("jobs") ? "batch/v1" : "v1")
                .put("metadata", new JsonObject().put("resourceVersion", String.valueOf(version)))
                .put("items", items);
        answer(http.response(), new Answer(200, list.encode(), Map.of()));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return parameters;
    }

    private void watch(HttpServerRequest http) {
        String query = URLDecoder.decode(http.query(), StandardCharsets.UTF_8);
        requests.add(new Request("GET", http.path(), query, ""));
        Matcher path = PATH.matcher(http.path());
        if (!path.matches()) {
            answer(http.response(), status(404, "NotFound", "the server could not find the requested resource"));
            return;
        }
        Map<String, String> parameters = parameters(query);
        long since = Long.parseLong(parameters.getOrDefault("resourceVersion", "0"));
        http.toWebSocket().onSuccess(socket -> {
            Watcher watcher = new Watcher(path.group(2), parameters.getOrDefault("labelSelector", ""), socket);
            history.stream().filter(change -> change.version() > since).forEach(change -> send(watcher, change));
            watchers.add(watcher);
            socket.closeHandler(v -> watchers.remove(watcher));
        });
    }

    private static boolean selects(String selector, JsonObject object) {
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

    private static void answer(HttpServerResponse response, Answer answer) {
        response.setStatusCode(answer.status()).putHeader("Content-Type", "application/json");
        answer.headers().forEach(response::putHeader);
        response.end(Buffer.buffer(answer.body()));
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Waits for something on the server's thread. */
    <T> T ask(java.util.function.Supplier<T> question) throws Exception {
        java.util.concurrent.CompletableFuture<T> answer = new java.util.concurrent.CompletableFuture<>();
        on(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(20, java.util.concurrent.TimeUnit.SECONDS);
    }
}
