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

    private final Context context;
    private final KubernetesClient client;
    private final String namespace;
    private final ExecutorService threads;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int underWay;

    ApiClient(Vertx vertx, KubernetesSettings settings) {
        this.context = vertx.getOrCreateContext();
        Config config = config(settings);
        this.threads = Executors.newFixedThreadPool(THREADS, ApiClient::thread);
        this.client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory() {
                    @Override
                    protected void additionalConfig(HttpClient.Builder builder) {
                        builder.executor(threads);
                    }
                })
                .build();
        this.namespace = settings.namespace() != null
                ? settings.namespace()
                : Objects.requireNonNullElse(config.getNamespace(), "default");
    }

    private static Config config(KubernetesSettings settings) {
        Config config = settings.kubeconfig() == null
                ? Config.autoConfigure(null)
                : Config.fromKubeconfig(new File(settings.kubeconfig()));
        config.setRequestRetryBackoffLimit(TRIES);
        // One connection would carry a limited number of followed logs, and the client fails those beyond it.
        config.setHttp2Disable(true);
        return config;
    }

    String namespace() {
        return namespace;
    }

    String address() {
        return client.getConfiguration().getMasterUrl();
    }

    /** Sends an object, or nothing, and parses the answer. */
    <T> Future<T> send(
            String method, String path, @Nullable String type, @Nullable String body, Function<String, T> parser) {
        Promise<T> answer = Promise.promise();
        onContext(() -> {
            waiting.add(() -> client.getHttpClient()
                    .sendAsync(request(method, path, type, body), String.class)
                    .thenApply(response -> parser.apply(body(response)))
                    .whenComplete((parsed, fault) -> onContext(() -> answered(answer, parsed, fault))));
            sendNext();
        });
        return answer.future();
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
        HttpRequest request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(url(path))
                .forStreaming()
                .build();
        return client.getHttpClient().consumeBytes(request, reader);
    }

    private static String body(HttpResponse<String> response) {
        String body = Objects.requireNonNullElse(response.body(), "");
        if (!response.isSuccessful()) {
            throw new ApiFault(response.code(), body);
        }
        return body;
    }

    private HttpRequest request(String method, String path, @Nullable String type, @Nullable String body) {
        HttpRequest.Builder request =
                client.getHttpClient().newHttpRequestBuilder().uri(url(path));
        return type == null || body == null
                ? request.build()
                : request.method(method, type, body).build();
    }

    private String url(String path) {
        String master = client.getConfiguration().getMasterUrl();
        return (master.endsWith("/") ? master : master + "/") + path;
    }

    String serialized(Object object) {
        return client.getKubernetesSerialization().asJson(object);
    }

    <T> T parsed(String body, Class<T> type) {
        return client.getKubernetesSerialization().unmarshal(body, type);
    }

    /** Runs something on the plugin's context. */
    void onContext(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    /** Runs on a thread that may be held up, and completes on the plugin's context. */
    Future<Void> onWorker(Runnable action) {
        return context.executeBlocking(() -> {
            action.run();
            return null;
        });
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "kubernetes-client");
        thread.setDaemon(true);
        return thread;
    }

    void close() {
        client.close();
        threads.shutdown();
    }
}
