package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.EventList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.factotum.scripts.executor.Exit;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The calls that an executor makes, none of which blocks. {@code deploy/kubernetes} grants these and no more. */
final class ClusterApi {

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final int TRIES = 6;

    private final Context context;
    private final KubernetesClient client;
    private final String namespace;
    private final String installId;

    ClusterApi(Vertx vertx, KubernetesSettings settings) {
        this.context = vertx.getOrCreateContext();
        Config config = config(settings);
        this.client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
        this.namespace = settings.namespace() != null
                ? settings.namespace()
                : Objects.requireNonNullElse(config.getNamespace(), "default");
        this.installId = settings.installId();
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

    KubernetesClient client() {
        return client;
    }

    String namespace() {
        return namespace;
    }

    String address() {
        return client.getConfiguration().getMasterUrl();
    }

    Future<JobSight> createJob(Job job) {
        return send("POST", jobs(""), JSON, serialized(job)).map(body -> JobSight.of(parsed(body, Job.class)));
    }

    Future<Void> createSecret(Secret secret) {
        return send("POST", core("secrets"), JSON, serialized(secret)).mapEmpty();
    }

    /** Lets a suspended Job run. */
    Future<Void> release(String name) {
        JsonObject patch = new JsonObject().put("spec", new JsonObject().put("suspend", false));
        return send("PATCH", jobs("/" + name), MERGE_PATCH, patch.encode()).mapEmpty();
    }

    /** Has the cluster end a Job as if its deadline had passed: TERM, grace, KILL, and no other pod in its place. */
    Future<Void> stop(String name, Exit.Reason reason) {
        JsonObject patch = new JsonObject()
                .put(
                        "metadata",
                        new JsonObject().put("annotations", new JsonObject().put(JobSight.STOPPED, reason.key())))
                .put("spec", new JsonObject().put("activeDeadlineSeconds", 1));
        return send("PATCH", jobs("/" + name), MERGE_PATCH, patch.encode())
                .<Void>mapEmpty()
                .recover(ClusterApi::ignoreGone);
    }

    /** Deletes a Job, and with it its Secret and its Pod. */
    Future<Void> delete(String name, @Nullable String uid) {
        JsonObject options = new JsonObject().put("propagationPolicy", "Background");
        if (uid != null) {
            options.put("preconditions", new JsonObject().put("uid", uid));
        }
        return send("DELETE", jobs("/" + name), JSON, options.encode())
                .<Void>mapEmpty()
                .recover(ClusterApi::ignoreGone);
    }

    Future<Optional<JobSight>> find(String name) {
        return send("GET", jobs("/" + name), null, null)
                .map(body -> Optional.of(JobSight.of(parsed(body, Job.class))))
                .recover(cause -> ApiFault.status(cause) == 404
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(cause));
    }

    Future<List<Job>> jobs(int limit) {
        String query = "?labelSelector=" + encoded(selector()) + (limit > 0 ? "&limit=" + limit : "");
        return send("GET", jobs(query), null, null)
                .map(body -> parsed(body, JobList.class).getItems());
    }

    Future<List<Pod>> pods() {
        return pods(selector());
    }

    Future<List<Pod>> podsOf(UUID runId) {
        return pods(JobRecipe.RUN_LABEL + "=" + runId);
    }

    private Future<List<Pod>> pods(String selector) {
        return send("GET", core("pods?labelSelector=" + encoded(selector)), null, null)
                .map(body -> parsed(body, PodList.class).getItems());
    }

    /** Why the cluster could not do something for an object, as its events of this reason tell; empty if none does. */
    Future<String> event(String uid, String reason) {
        return send("GET", core("events?fieldSelector=" + encoded("involvedObject.uid=" + uid)), null, null)
                .map(body -> parsed(body, EventList.class).getItems().stream()
                        .filter(it -> reason.equals(it.getReason()) && it.getMessage() != null)
                        .reduce((first, last) -> last)
                        .map(it -> it.getMessage())
                        .orElse(""));
    }

    /** The request for a pod's log. */
    HttpRequest log(String pod, boolean follow) {
        return client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(url(
                        core("pods/" + pod + "/log?container=" + JobRecipe.CONTAINER + (follow ? "&follow=true" : ""))))
                .forStreaming()
                .build();
    }

    /** Runs something on the plugin's context. */
    void onContext(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    void close() {
        client.close();
    }

    String selector() {
        return JobRecipe.INSTALL_LABEL + "=" + installId;
    }

    private Future<String> send(String method, String path, @Nullable String type, @Nullable String body) {
        Promise<String> answer = Promise.promise();
        client.getHttpClient()
                .sendAsync(request(method, path, type, body), String.class)
                .whenComplete((response, fault) -> onContext(() -> answered(answer, response, fault)));
        return answer.future();
    }

    private static void answered(
            Promise<String> answer, @Nullable HttpResponse<String> response, @Nullable Throwable fault) {
        if (response == null) {
            answer.fail(Objects.requireNonNullElseGet(fault, IllegalStateException::new));
        } else if (response.isSuccessful()) {
            answer.complete(Objects.requireNonNullElse(response.body(), ""));
        } else {
            answer.fail(new ApiFault(response.code(), Objects.requireNonNullElse(response.body(), "")));
        }
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

    private String jobs(String rest) {
        return "apis/batch/v1/namespaces/" + namespace + "/jobs" + rest;
    }

    private String core(String rest) {
        return "api/v1/namespaces/" + namespace + "/" + rest;
    }

    private String serialized(Object object) {
        return client.getKubernetesSerialization().asJson(object);
    }

    private <T> T parsed(String body, Class<T> type) {
        return client.getKubernetesSerialization().unmarshal(body, type);
    }

    private static Future<Void> ignoreGone(Throwable cause) {
        return ApiFault.status(cause) == 404 ? Future.succeededFuture() : Future.failedFuture(cause);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
