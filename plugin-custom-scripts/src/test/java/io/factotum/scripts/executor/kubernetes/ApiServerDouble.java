package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API server of the tests' own: it serves Jobs, Pods, Secrets and Events, with watches, merge patches, pages and the
 * answers that a real one gives to what is wrong. Whatever happens there is told to the listeners, one after the other, on
 * the server's own thread.
 */
final class ApiServerDouble {

    /** One request as it came. */
    record Request(String method, String path, String query, String body) {}

    /** What a test has a request answered with, in place of what would be right. */
    record Answer(int status, String body, Map<String, String> headers) {}

    /** A log as it is being written. */
    interface LogSource {
        void read(boolean follow, HttpServerResponse response);
    }

    private static final Pattern PATH = Pattern.compile(
            "/(?:api/v1|apis/batch/v1)/namespaces/([^/]+)/(jobs|pods|secrets|events)(?:/([^/]+))?(/log)?");

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final Map<String, LogSource> logs = new ConcurrentHashMap<>();
    final WatchesDouble watches;
    private final Vertx vertx = Vertx.vertx();
    private final ClusterObjects objects = new ClusterObjects(vertx);
    private final List<Function<Request, Optional<Answer>>> faults = new CopyOnWriteArrayList<>();
    private final Context context = vertx.getOrCreateContext();
    /** Off where so many come that to keep them all would be what is measured. */
    volatile boolean keepsRequests = true;

    private HttpServer server;

    private ApiServerDouble() {
        watches = new WatchesDouble(objects);
    }

    static ApiServerDouble start() throws Exception {
        ApiServerDouble server = new ApiServerDouble();
        CompletableFuture<HttpServer> listening = new CompletableFuture<>();
        server.context.runOnContext(v -> server.vertx
                .createHttpServer(new HttpServerOptions().setCompressionSupported(false))
                .requestHandler(server::handle)
                .listen(0, "127.0.0.1")
                .onSuccess(listening::complete)
                .onFailure(listening::completeExceptionally));
        server.server = listening.get(10, TimeUnit.SECONDS);
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

    /** Waits for something on the server's thread. */
    <T> T ask(Supplier<T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        on(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(20, TimeUnit.SECONDS);
    }

    void listen(ClusterObjects.Listener listener) {
        objects.listen(listener);
    }

    /** Answers requests otherwise, as long as this gives an answer. */
    void fault(Function<Request, Optional<Answer>> fault) {
        faults.add(fault);
    }

    /** The next requests of this method whose path holds a text get this answer. */
    void failNext(int times, String method, String path, Answer answer) {
        AtomicInteger left = new AtomicInteger(times);
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
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** Ends the watches: quietly, or with an error as of a version that is too old. */
    void endWatches(boolean gone) {
        on(() -> watches.end(gone));
    }

    List<JsonObject> all(String kind) {
        return objects.all(kind);
    }

    Optional<JsonObject> get(String kind, String name) {
        return objects.get(kind, name);
    }

    List<JsonObject> podsOf(String ownerUid) {
        return objects.podsOf(ownerUid);
    }

    JsonObject create(String kind, JsonObject object) {
        return objects.create(kind, object);
    }

    void update(String kind, String name, Consumer<JsonObject> change) {
        objects.update(kind, name, change);
    }

    void delete(String kind, String name) {
        objects.delete(kind, name);
    }

    /** Versions from before are too old for a watch from now on. */
    void compact() {
        objects.compact();
    }

    static String now() {
        return ClusterObjects.now();
    }

    private void handle(HttpServerRequest http) {
        http.body().onSuccess(body -> {
            String query = http.query() == null ? "" : URLDecoder.decode(http.query(), StandardCharsets.UTF_8);
            Request request = new Request(http.method().name(), http.path(), query, body.toString());
            if (keepsRequests) {
                requests.add(request);
            }
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
        } else if (name == null && request.query().contains("watch=true")) {
            watches.open(kind, parameters(request.query()), response);
        } else if (name == null) {
            list(http, request, kind);
        } else if (objects.get(kind, name).isEmpty()) {
            answer(response, status(404, "NotFound", kind + " \"" + name + "\" not found"));
        } else if (http.method() == HttpMethod.PATCH) {
            update(kind, name, object -> object.mergeIn(new JsonObject(request.body()), true));
            answer(response, found(kind, name));
        } else if (http.method() == HttpMethod.DELETE) {
            delete(response, request, kind, name);
        } else {
            answer(response, found(kind, name));
        }
    }

    private Answer found(String kind, String name) {
        return new Answer(
                200, ClusterObjects.typed(kind, get(kind, name).orElseThrow()).encode(), Map.of());
    }

    private void delete(HttpServerResponse response, Request request, String kind, String name) {
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
    }

    private void post(HttpServerResponse response, String kind, JsonObject object) {
        String name = object.getJsonObject("metadata").getString("name");
        if (objects.get(kind, name).isPresent()) {
            answer(response, status(409, "AlreadyExists", kind + " \"" + name + "\" already exists"));
            return;
        }
        if (kind.equals("secrets") && size(object) > 1 << 20) {
            answer(response, status(422, "Invalid", "Secret is invalid: data: Too long: may not be more than 1048576"));
            return;
        }
        JsonObject made = create(kind, object).copy();
        answer(response, new Answer(201, ClusterObjects.typed(kind, made).encode(), Map.of()));
    }

    private static long size(JsonObject secret) {
        return secret.getJsonObject("data").stream()
                .mapToLong(entry -> Base64.getDecoder().decode((String) entry.getValue()).length)
                .sum();
    }

    private void list(HttpServerRequest http, Request request, String kind) {
        Map<String, String> parameters = parameters(request.query());
        String selector = parameters.getOrDefault("labelSelector", parameters.getOrDefault("fieldSelector", ""));
        List<JsonObject> selected = all(kind).stream()
                .filter(object -> WatchesDouble.selects(selector, object))
                .toList();
        int from = Math.min(selected.size(), Integer.parseInt(parameters.getOrDefault("continue", "0")));
        int limit = Integer.parseInt(parameters.getOrDefault("limit", String.valueOf(Integer.MAX_VALUE)));
        int to = (int) Math.min(selected.size(), (long) from + limit);
        JsonObject metadata = new JsonObject().put("resourceVersion", String.valueOf(objects.version()));
        if (to < selected.size()) {
            metadata.put("continue", String.valueOf(to));
        }
        JsonObject list = new JsonObject()
                .put(
                        "kind",
                        Map.of("jobs", "JobList", "pods", "PodList", "events", "EventList")
                                .get(kind))
                .put("apiVersion", kind.equals("jobs") ? "batch/v1" : "v1")
                .put("metadata", metadata)
                .put("items", new JsonArray(selected.subList(from, to)));
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

    private static void answer(HttpServerResponse response, Answer answer) {
        response.setStatusCode(answer.status()).putHeader("Content-Type", "application/json");
        answer.headers().forEach(response::putHeader);
        response.end(Buffer.buffer(answer.body()));
    }
}
