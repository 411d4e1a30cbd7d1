package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.EventList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobList;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The calls that an executor makes. {@code deploy/kubernetes} grants these and no more. */
final class ClusterApi {

    /** A list comes in pages of this many: of ten thousand runs the whole would be more than a hundred megabytes. */
    private static final int PAGE = 250;
    /** How long a watch may last before the server ends it; then it is taken up again. */
    private static final int WATCH_SECONDS = 240;

    private static final String WARM_EVENT =
            "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":{}}}";

    private final ApiClient http;
    private final String selector;

    ClusterApi(ApiClient http, String installId) {
        this.http = http;
        this.selector = JobRecipe.INSTALL_LABEL + "=" + installId;
    }

    ApiClient http() {
        return http;
    }

    /** Does once, where it holds up nobody, what the first object of each kind costs: seconds on a busy machine. */
    Future<Void> warmUp(Runnable firstObjects) {
        return http.onWorker(() -> {
            firstObjects.run();
            http.parsed("{\"kind\":\"JobList\",\"apiVersion\":\"batch/v1\",\"items\":[{}]}", JobList.class);
            http.parsed(WARM_EVENT, WatchEvent.class);
        });
    }

    Future<JobSight> createJob(Job job) {
        return http.send("POST", jobs(""), ApiClient.JSON, job, this::job);
    }

    Future<Void> createSecret(Secret secret) {
        return http.send("POST", core("secrets"), ApiClient.JSON, secret, body -> null);
    }

    /** Lets a suspended Job run. */
    Future<Void> release(String name) {
        return patch(name, new JsonObject().put("spec", new JsonObject().put("suspend", false)));
    }

    /** Has the cluster end a Job as if its deadline had passed: TERM, grace, KILL, and no other pod in its place. */
    Future<Void> stop(String name, Exit.Reason reason) {
        return patch(
                        name,
                        new JsonObject()
                                .put(
                                        "metadata",
                                        new JsonObject()
                                                .put(
                                                        "annotations",
                                                        new JsonObject().put(JobSight.STOPPED, reason.key())))
                                .put("spec", new JsonObject().put("activeDeadlineSeconds", 1)))
                .recover(ClusterApi::ignoreGone);
    }

    private Future<Void> patch(String name, JsonObject patch) {
        return http.send("PATCH", jobs("/" + name), ApiClient.MERGE_PATCH, patch, body -> null);
    }

    /** Deletes a Job, and with it its Secret and its Pod. */
    Future<Void> delete(String name, @Nullable String uid) {
        JsonObject options = new JsonObject().put("propagationPolicy", "Background");
        if (uid != null) {
            options.put("preconditions", new JsonObject().put("uid", uid));
        }
        return http.<Void>send("DELETE", jobs("/" + name), ApiClient.JSON, options, body -> null)
                .recover(ClusterApi::ignoreGone);
    }

    Future<Optional<JobSight>> find(String name) {
        return http.send("GET", jobs("/" + name), null, null, body -> Optional.of(job(body)))
                .recover(cause -> ApiFault.status(cause) == 404
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(cause));
    }

    /** Whether Jobs may be listed at all. */
    Future<Void> tryJobs() {
        return http.send("GET", jobs("?limit=1&labelSelector=" + encoded(selector)), null, null, body -> null);
    }

    /** All Jobs of the installation, page by page. Completes with the version from which a watch goes on. */
    Future<String> jobs(Consumer<JobSight> each) {
        return pages(jobs(""), "", JobSight::of, JobList.class, each);
    }

    /** All Pods of the installation, likewise. */
    Future<String> pods(Consumer<PodSight> each) {
        return pages(core("pods"), "", PodSight::of, PodList.class, each);
    }

    private <T extends HasMetadata, S> Future<String> pages(
            String path,
            String from,
            Function<T, S> sight,
            Class<? extends KubernetesResourceList<T>> type,
            Consumer<S> each) {
        String query = "?labelSelector=" + encoded(selector) + "&limit=" + PAGE
                + (from.isEmpty() ? "" : "&continue=" + encoded(from));
        return http.send("GET", path + query, null, null, body -> page(http.parsed(body, type), sight))
                .compose(page -> {
                    page.sights().forEach(each);
                    return page.more().isEmpty()
                            ? Future.succeededFuture(page.version())
                            : pages(path, page.more(), sight, type, each);
                });
    }

    private record Page<S>(List<S> sights, String more, String version) {}

    private static <T extends HasMetadata, S> Page<S> page(KubernetesResourceList<T> list, Function<T, S> sight) {
        return new Page<>(
                list.getItems().stream().map(sight).toList(),
                Objects.requireNonNullElse(list.getMetadata().getContinue(), ""),
                Objects.requireNonNullElse(list.getMetadata().getResourceVersion(), ""));
    }

    /** A watch of all Jobs of the installation. */
    WatchStream<JobSight> watchJobs(WatchStream.Listener<JobSight> listener) {
        return new WatchStream<>(
                http, jobs(watchQuery()), object -> object instanceof Job job ? JobSight.of(job) : null, listener);
    }

    /** A watch of all Pods of the installation. */
    WatchStream<PodSight> watchPods(WatchStream.Listener<PodSight> listener) {
        return new WatchStream<>(
                http,
                core("pods" + watchQuery()),
                object -> object instanceof Pod pod ? PodSight.of(pod) : null,
                listener);
    }

    private String watchQuery() {
        return "?watch=true&allowWatchBookmarks=true&timeoutSeconds=" + WATCH_SECONDS + "&labelSelector="
                + encoded(selector) + "&resourceVersion=";
    }

    Future<List<PodSight>> podsOf(RunTry runTry) {
        return http.send(
                "GET",
                core("pods?labelSelector=" + encoded(JobRecipe.RUN_LABEL + "=" + runTry.run())),
                null,
                null,
                body -> http.parsed(body, PodList.class).getItems().stream()
                        .map(PodSight::of)
                        .filter(pod -> runTry.equals(pod.runTry()))
                        .toList());
    }

    /** Why the cluster could not do something for an object, as its events of this reason tell; empty if none does. */
    Future<String> event(String uid, String reason) {
        return http.send(
                "GET",
                core("events?fieldSelector=" + encoded("involvedObject.uid=" + uid)),
                null,
                null,
                body -> http.parsed(body, EventList.class).getItems().stream()
                        .filter(it -> reason.equals(it.getReason()) && it.getMessage() != null)
                        .reduce((first, last) -> last)
                        .map(it -> it.getMessage())
                        .orElse(""));
    }

    /** Where a pod's log is read. */
    String log(String pod, boolean follow) {
        return core("pods/" + pod + "/log?container=" + JobRecipe.CONTAINER + (follow ? "&follow=true" : ""));
    }

    private JobSight job(String body) {
        return JobSight.of(http.parsed(body, Job.class));
    }

    private String jobs(String rest) {
        return "apis/batch/v1/namespaces/" + ApiClient.NAMESPACE + "/jobs" + rest;
    }

    private String core(String rest) {
        return "api/v1/namespaces/" + ApiClient.NAMESPACE + "/" + rest;
    }

    private static Future<Void> ignoreGone(Throwable cause) {
        return ApiFault.status(cause) == 404 ? Future.succeededFuture() : Future.failedFuture(cause);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
