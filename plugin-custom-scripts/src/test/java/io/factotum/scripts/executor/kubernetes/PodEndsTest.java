package io.factotum.scripts.executor.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** How a Pod may end that its script did not, and how these ends are told apart. */
class PodEndsTest extends OnClusterDouble {

    @Test
    void outOfMemoryIsTold() throws Exception {
        kubelet.fate = (node, pod) -> {
            node.log(pod, "half", -1);
            node.ended(pod, 137, "OOMKilled");
        };
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.OUT_OF_MEMORY);
        assertThat(sink.out()).isEqualTo("half");
    }

    @Test
    void evictionIsTold() throws Exception {
        kubelet.fate = (node, pod) -> {
            node.log(pod, "half", -1);
            node.running(pod);
            node.later(300, () -> node.evicted(pod, "The node was low on resource: memory."));
        };
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("evicted").contains("low on resource");
    }

    @Test
    void podThatIsDeletedFromOutsideIsTold() throws Exception {
        kubelet.fate = (node, pod) -> {
            node.log(pod, "half", -1);
            node.running(pod);
            node.later(300, () -> node.deleted(pod));
        };
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("deleted from outside");
    }

    @Test
    void preemptionIsTold() throws Exception {
        kubelet.fate = (node, pod) -> begunThenEnded(node, pod, "PreemptionByScheduler", "preempting to accommodate");
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("higher priority").contains("preempting to accommodate");
    }

    @Test
    void lostNodeIsTold() throws Exception {
        kubelet.fate = (node, pod) -> begunThenEnded(node, pod, "DeletionByPodGC", "node no longer exists");
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("node of the script's Pod was lost").contains("node no longer exists");
    }

    @Test
    void nodeThatNeverAnswersIsTold() throws Exception {
        // The control plane wants the Pod away, and nobody is there to end it.
        kubelet.end = (node, pod) -> {};
        kubelet.fate = (node, pod) -> {
            node.log(pod, "half", -1);
            node.running(pod);
            node.later(
                    300,
                    () -> node.change(
                            pod, it -> it.getJsonObject("metadata").put("deletionTimestamp", ApiServerDouble.now())));
        };
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("node of the script's Pod was lost").contains("may still run");
    }

    @Test
    void containerThatItsNodeCannotFindIsTold() throws Exception {
        kubelet.fate = (node, pod) -> {
            node.running(pod);
            node.later(300, () -> node.neverLocated(pod));
        };
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("could not be located");
    }

    @Test
    void podThatItsNodeRefusesNeverBegan() {
        kubelet.fate = (node, pod) -> node.refused(pod, "OutOfcpu", "Node didn't have enough resource: cpu");
        assertThatThrownBy(this::run)
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("OutOfcpu")
                .hasMessageContaining("enough resource: cpu");
        assertThat(names("jobs")).isEmpty();
    }

    @Test
    void exitCodeIsThePodsThoughItsJobHasFailedBefore() throws Exception {
        kubelet.fate = (node, pod) -> {
            node.log(pod, "half", -1);
            node.running(pod);
            node.later(300, () -> jobFailed(pod));
            node.later(2000, () -> node.ended(pod, 3, "Error"));
        };
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(exit.code()).isEqualTo(3);
    }

    private void jobFailed(JsonObject pod) {
        String name = JobControllerDouble.name(pod).replaceAll("-[^-]*$", "");
        api.update(
                "jobs",
                name,
                job -> job.put(
                        "status",
                        new JsonObject()
                                .put(
                                        "conditions",
                                        new JsonArray()
                                                .add(new JsonObject()
                                                        .put("type", "Failed")
                                                        .put("status", "True")
                                                        .put("reason", "BackoffLimitExceeded")
                                                        .put("message", "")))));
    }

    private static void begunThenEnded(ScriptedKubelet node, JsonObject pod, String reason, String message) {
        node.log(pod, "half", -1);
        node.running(pod);
        node.later(300, () -> node.disrupted(pod, reason, message));
    }
}
