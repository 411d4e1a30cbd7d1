package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests to an API server, none of which blocks. Answers are parsed on the client's threads, and told on the plugin's
 * context.
 */
final class ApiClient {

    static final String JSON = "application/json";
    static final String MERGE_PATCH = "application/merge-patch+json";

    private static final int TRIES = 6;
    /** Each request under way has a connection; the others wait for their turn, however many runs there are. */
    private static final int MOST_AT_ONCE = 32;
    /** None of them ever waits for anything. The client would make one for each event that comes at once. */
    private static final int THREADS = 4;

    /** Stands in a path for the namespace of the scripts. */
    static final String NAMESPACE = "{namespace}";

    private final Context context;
    private final KubernetesSettings settings;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, ApiClient::thread);
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int underWay;
    private Future<Connection> connection;

    private record Connection(KubernetesClient client, String namespace) {}

    /** Connects on a thread that may be held up: to load the client takes seconds on a busy machine. */
    ApiClient(Vertx vertx, KubernetesSettings settings) {
        this.context = vertx.getOrCreateContext();
        this.settings = settings;
        this.connection = context.executeBlocking(this::connect, false);
    }

    /** One that could not be made, as while its configuration is being written, is tried again with each use. */
    private synchronized Future<Connection> connected() {
        if (connection.failed()) {
            connection = context.executeBlocking(this::connect, false);
        }
        return connection;
    }

    private synchronized Future<Connection> connection() {
        return connection;
    }

    private Connection connect() {
        Config config = config();
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory() {
                    @Override
                    protected void additionalConfig(HttpClient.Builder builder) {
                        builder.executor(threads);
                    }
                })
                .build();
        // Made with the first use, which is here and not on the plugin's context.
        client.getHttpClient();
        String namespace = settings.namespace() != null
                ? settings.namespace()
                : Objects.requireNonNullElse(config.getNamespace(), "default");
        return new Connection(client, namespace);
    }

    private Config config() {
        String kubeconfig = settings.kubeconfig();
        Config config = kubeconfig == null ? Config.autoConfigure(null) : read(kubeconfig);
        config.setRequestRetryBackoffLimit(TRIES);
        // One connection would carry a limited number of followed logs, and the client fails those beyond it.
        config.setHttp2Disable(true);
        return config;
    }

    private static Config read(String kubeconfig) {
        try {
            return Config.fromKubeconfig(new File(kubeconfig));
        } catch (NullPointerException empty) {
            // The library reads nothing out of an empty file, and then fails over it.
            throw new IllegalStateException(noKubeconfig(kubeconfig, "it is empty"));
        } catch (RuntimeException unreadable) {
            throw new IllegalStateException(noKubeconfig(kubeconfig, unreadable.getMessage()));
        }
    }

    private static String noKubeconfig(String file, @Nullable String why) {
        return "the file '%s' is no kubeconfig that can be read: %s".formatted(file, why);
    }

    /** Which cluster it is, for people. */
    String description() {
        return connection().succeeded()
                ? "'" + client().getConfiguration().getMasterUrl() + "' in namespace '"
                        + connection().result().namespace() + "'"
                : "of the configuration";
    }

    private KubernetesClient client() {
        return connection().result().client();
    }

    /** Sends an object, or nothing, and parses the answer. */
    <T> Future<T> send(
            String method, String path, @Nullable String type, @Nullable Object body, Function<String, T> parser) {
        Promise<T> answer = Promise.promise();
        connected().onFailure(answer::tryFail).onSuccess(there -> {
            waiting.add(() -> sent(there.client(), method, path, type, body)
                    .thenApply(response -> parser.apply(body(response)))
                    .whenComplete((parsed, fault) -> onContext(() -> answered(answer, parsed, fault))));
            sendNext();
        });
        return answer.future();
    }

    private CompletableFuture<HttpResponse<String>> sent(
            KubernetesClient client, String method, String path, @Nullable String type, @Nullable Object body) {
        try {
            return client.getHttpClient().sendAsync(request(method, path, type, body), String.class);
        } catch (RuntimeException closed) {
            return CompletableFuture.failedFuture(closed);
        }
    }

    private void sendNext() {
        while (underWay < MOST_AT_ONCE && !waiting.isEmpty()) {
            underWay++;
            waiting.remove().run();
        }
    }

    private <T> void answered(Promise<T> answer, @Nullable T parsed, @Nullable Throwable fault) {
        underWay--;
        if (fault != null) {
            answer.fail(fault.getCause() instanceof ApiFault refusal ? refusal : fault);
        } else {
            answer.complete(parsed);
        }
        sendNext();
    }

    /** Reads what may go on for long; the reader is called on the client's threads, once at a time. */
    CompletableFuture<HttpResponse<AsyncBody>> stream(String path, AsyncBody.Consumer<List<ByteBuffer>> reader) {
        return connected().toCompletionStage().toCompletableFuture().thenCompose(there -> {
            HttpRequest request = there.client()
                    .getHttpClient()
                    .newHttpRequestBuilder()
                    .uri(url(path))
                    .forStreaming()
                    .build();
            return there.client().getHttpClient().consumeBytes(request, reader);
        });
    }

    private static String body(HttpResponse<String> response) {
        String body = Objects.requireNonNullElse(response.body(), "");
        if (!response.isSuccessful()) {
            throw new ApiFault(response.code(), body);
        }
        return body;
    }

    private HttpRequest request(String method, String path, @Nullable String type, @Nullable Object body) {
        HttpRequest.Builder request =
                client().getHttpClient().newHttpRequestBuilder().uri(url(path));
        if (type == null || body == null) {
            return request.build();
        }
        String text = body instanceof JsonObject json ? json.encode() : serialized(body);
        return request.method(method, type, text).build();
    }

    private String url(String path) {
        String master = client().getConfiguration().getMasterUrl();
        return (master.endsWith("/") ? master : master + "/")
                + path.replace(NAMESPACE, connection().result().namespace());
    }

    String serialized(Object object) {
        return client().getKubernetesSerialization().asJson(object);
    }

    <T> T parsed(String body, Class<T> type) {
        return client().getKubernetesSerialization().unmarshal(body, type);
    }

    /** Runs something on the plugin's context. */
    void onContext(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    /** Runs on a thread that may be held up, once it is connected, and completes on the plugin's context. */
    Future<Void> onWorker(Runnable action) {
        return connected()
                .compose(there -> context.executeBlocking(
                        () -> {
                            action.run();
                            return null;
                        },
                        false));
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "kubernetes-client");
        thread.setDaemon(true);
        return thread;
    }

    Future<Void> close() {
        return connection()
                .compose(there -> onWorker(() -> there.client().close()))
                .otherwiseEmpty()
                .onComplete(closed -> threads.shutdown());
    }
}
