package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A node that runs nothing: a test says what becomes of each Pod. */
final class ScriptedKubelet implements JobControllerDouble.Kubelet {

    private final ApiServerDouble api;
    /** What becomes of a Pod; on the server's thread. */
    volatile BiConsumer<ScriptedKubelet, JsonObject> fate = (kubelet, pod) -> {};
    /** What becomes of a Pod that is to end; on the server's thread. */
    volatile BiConsumer<ScriptedKubelet, JsonObject> end = ScriptedKubelet::deleted;
    /** The Pods whose script has begun. */
    final List<String> begun = new CopyOnWriteArrayList<>();

    ScriptedKubelet(ApiServerDouble api) {
        this.api = api;
    }

    @Override
    public void run(JsonObject pod) {
        fate.accept(this, pod);
    }

    @Override
    public void end(JsonObject pod) {
        end.accept(this, pod);
    }

    /** Its log holds this, after the mark of the beginning; the exit code is added if it is one. */
    void log(JsonObject pod, String text, int code) {
        String run = pod.getJsonObject("metadata").getJsonObject("labels").getString(JobRecipe.RUN_LABEL);
        String mark = PodWrapper.mark(java.util.UUID.fromString(run));
        String log = mark + "B\n" + text + (code >= 0 ? mark + "X" + code + "\n" : "");
        api.logs.put(JobControllerDouble.name(pod), (follow, response) -> answer(response, log));
    }

    private static void answer(HttpServerResponse response, String log) {
        response.end(log);
    }

    void running(JsonObject pod) {
        begun.add(JobControllerDouble.name(pod));
        state(
                pod,
                "Running",
                new JsonObject().put("running", new JsonObject().put("startedAt", ApiServerDouble.now())));
    }

    void ended(JsonObject pod, int code, String reason) {
        state(
                pod,
                code == 0 ? "Succeeded" : "Failed",
                new JsonObject()
                        .put(
                                "terminated",
                                new JsonObject()
                                        .put("exitCode", code)
                                        .put("reason", reason)
                                        .put("startedAt", ApiServerDouble.now())
                                        .put("finishedAt", ApiServerDouble.now())));
    }

    /** As of a container that was never made when its Pod was ended. */
    void neverLocated(JsonObject pod) {
        state(
                pod,
                "Failed",
                new JsonObject()
                        .put(
                                "terminated",
                                new JsonObject()
                                        .put("exitCode", 137)
                                        .put("reason", "ContainerStatusUnknown")
                                        .put(
                                                "message",
                                                "The container could not be located when the pod was terminated")));
    }

    void waiting(JsonObject pod, String reason, String message) {
        state(
                pod,
                "Pending",
                new JsonObject()
                        .put("waiting", new JsonObject().put("reason", reason).put("message", message)));
    }

    void unschedulable(JsonObject pod, String message) {
        status(
                pod,
                new JsonObject()
                        .put("phase", "Pending")
                        .put(
                                "conditions",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("type", "PodScheduled")
                                                .put("status", "False")
                                                .put("reason", "Unschedulable")
                                                .put("message", message))));
    }

    /** Ended by the control plane, which says why in a condition. */
    void disrupted(JsonObject pod, String reason, String message) {
        status(
                pod,
                new JsonObject()
                        .put("phase", "Failed")
                        .put(
                                "conditions",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("type", "DisruptionTarget")
                                                .put("status", "True")
                                                .put("reason", reason)
                                                .put("message", message))));
    }

    /** Given to a node that does not take it. */
    void refused(JsonObject pod, String reason, String message) {
        status(
                pod,
                new JsonObject().put("phase", "Failed").put("reason", reason).put("message", message));
    }

    void change(JsonObject pod, Consumer<JsonObject> change) {
        api.update("pods", JobControllerDouble.name(pod), change);
    }

    void evicted(JsonObject pod, String message) {
        status(
                pod,
                new JsonObject().put("phase", "Failed").put("reason", "Evicted").put("message", message));
    }

    void deleted(JsonObject pod) {
        api.delete("pods", JobControllerDouble.name(pod));
    }

    void later(long millis, Runnable action) {
        api.vertx().setTimer(millis, t -> api.on(action));
    }

    private void state(JsonObject pod, String phase, JsonObject state) {
        status(
                pod,
                new JsonObject()
                        .put("phase", phase)
                        .put(
                                "containerStatuses",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("name", JobRecipe.CONTAINER)
                                                .put("state", state))));
    }

    private void status(JsonObject pod, JsonObject status) {
        // Containers that a status says nothing of are as they were.
        api.update(
                "pods",
                JobControllerDouble.name(pod),
                it -> it.put("status", it.getJsonObject("status").mergeIn(status)));
    }
}
