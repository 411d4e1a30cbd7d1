package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;

/**
 * Does for Jobs what a cluster's controller does: makes a Pod of a Job that is not suspended, tells the Job's conditions
 * after the Pod's end in the order of Kubernetes 1.36, ends what is past its deadline and takes Pods away with their Job.
 */
final class JobControllerDouble {

    /** Runs Pods. */
    interface Kubelet {
        /** A pod was made. */
        void run(JsonObject pod);

        /** A pod is to end: TERM, grace, KILL; it is then taken away. */
        void end(JsonObject pod);
    }

    private final ApiServerDouble api;
    private final Kubelet kubelet;
    /** What the cluster says to Pods of its Jobs, in place of making them; empty to make them. */
    volatile String refusal = "";

    JobControllerDouble(ApiServerDouble api, Kubelet kubelet) {
        this.api = api;
        this.kubelet = kubelet;
        api.listen(this::changed);
    }

    private void changed(String type, String kind, JsonObject object) {
        if (kind.equals("jobs") && type.equals("DELETED")) {
            pods(object).forEach(this::terminate);
        } else if (kind.equals("jobs")) {
            api.on(() -> api.get("jobs", name(object)).ifPresent(this::reconcile));
        } else if (kind.equals("pods") && !type.equals("ADDED")) {
            api.on(() -> podChanged(type, object));
        }
    }

    private void reconcile(JsonObject job) {
        JsonObject spec = job.getJsonObject("spec");
        if (spec.getBoolean("suspend", false) || isFinished(job)) {
            return;
        }
        if (spec.getInteger("activeDeadlineSeconds") <= 1) {
            stop(job);
            return;
        }
        if (pods(job).isEmpty() && job.getJsonObject("status", new JsonObject()).isEmpty()) {
            makePod(job);
        }
    }

    private void makePod(JsonObject job) {
        if (!refusal.isEmpty()) {
            api.create(
                    "events",
                    new JsonObject()
                            .put("metadata", new JsonObject().put("name", "event-" + UUID.randomUUID()))
                            .put("reason", "FailedCreate")
                            .put("message", refusal)
                            .put("involvedObject", new JsonObject().put("uid", uid(job))));
            return;
        }
        JsonObject template =
                job.getJsonObject("spec").getJsonObject("template").copy();
        template.getJsonObject("metadata")
                .put("name", name(job) + "-" + UUID.randomUUID().toString().substring(0, 5))
                .put("ownerReferences", new JsonArray().add(new JsonObject().put("uid", uid(job))));
        template.put("status", new JsonObject().put("phase", "Pending"));
        JsonObject pod = api.create("pods", template);
        api.update("jobs", name(job), it -> it.put("status", new JsonObject().put("active", 1)));
        kubelet.run(pod.copy());
    }

    private void podChanged(String type, JsonObject pod) {
        api.get("jobs", jobName(pod)).filter(job -> !isFinished(job)).ifPresent(job -> {
            String phase = pod.getJsonObject("status").getString("phase");
            boolean stopped = job.getJsonObject("spec").getInteger("activeDeadlineSeconds") <= 1;
            if (phase.equals("Succeeded") && !stopped) {
                finish(job, "SuccessCriteriaMet", "Complete", "CompletionsReached", "");
            } else if (phase.equals("Failed") || type.equals("DELETED")) {
                finish(
                        job,
                        "FailureTarget",
                        "Failed",
                        stopped ? "DeadlineExceeded" : "BackoffLimitExceeded",
                        stopped
                                ? "Job was active longer than specified deadline"
                                : "Job has reached the specified backoff limit");
            }
        });
    }

    private void stop(JsonObject job) {
        if (pods(job).isEmpty()) {
            finish(job, "FailureTarget", "Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
        }
        pods(job).forEach(this::terminate);
    }

    private void terminate(JsonObject pod) {
        if (pod.getJsonObject("metadata").getString("deletionTimestamp") == null) {
            api.update("pods", name(pod), it -> it.getJsonObject("metadata")
                    .put("deletionTimestamp", ApiServerDouble.now()));
            kubelet.end(pod);
        }
    }

    private void finish(JsonObject job, String first, String then, String reason, String message) {
        condition(job, first, reason, message);
        api.vertx().setTimer(50, t -> api.on(() -> condition(job, then, reason, message)));
    }

    private void condition(JsonObject job, String type, String reason, String message) {
        api.update("jobs", name(job), it -> {
            JsonObject status = it.getJsonObject("status", new JsonObject());
            it.put("status", status);
            JsonArray conditions = status.getJsonArray("conditions", new JsonArray());
            boolean there = conditions.stream()
                    .anyMatch(one -> ((JsonObject) one).getString("type").equals(type));
            if (!there) {
                conditions.add(new JsonObject()
                        .put("type", type)
                        .put("status", "True")
                        .put("reason", reason)
                        .put("message", message));
            }
            status.put("conditions", conditions);
        });
    }

    private List<JsonObject> pods(JsonObject job) {
        return api.podsOf(uid(job));
    }

    static boolean isFinished(JsonObject job) {
        return job.getJsonObject("status", new JsonObject()).getJsonArray("conditions", new JsonArray()).stream()
                .anyMatch(one -> !((JsonObject) one).getString("type").isEmpty());
    }

    private static String jobName(JsonObject pod) {
        return name(pod).substring(0, name(pod).lastIndexOf('-'));
    }

    static String name(JsonObject object) {
        return object.getJsonObject("metadata").getString("name");
    }

    static String uid(JsonObject object) {
        return object.getJsonObject("metadata").getString("uid");
    }
}
