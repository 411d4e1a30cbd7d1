package io.factotum.scripts.executor.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.Permissions;
import io.factotum.scripts.executor.RecordingSink;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run that is not wanted any more, at each moment until its script has begun. */
class KubernetesCancelTest extends OnClusterDouble {

    /** Far below every time after which something is given up or looked at besides. */
    private static final Duration PROMPTLY = Duration.ofSeconds(10);

    private final IllegalStateException canceled = new IllegalStateException("canceled");
    private final Permission permission = Permissions.granted();
    private final Permission onlyToFollow =
            new Permission(() -> Future.failedFuture(canceled), Future::succeededFuture);

    @Test
    void canceledWhileNoNodeTakesItsPod() throws Exception {
        kubelet.fate = (node, pod) -> node.unschedulable(pod, "0/3 nodes are available");
        Future<Execution> starting = executor.start(spec, permission, sink);
        awaitPod();
        permission.withdraw(canceled);
        assertThatItNeverBegan(starting);
    }

    @Test
    void canceledWhileItsImageIsPulled() throws Exception {
        kubelet.fate = (node, pod) -> node.waiting(pod, "ContainerCreating", "");
        Future<Execution> starting = executor.start(spec, permission, sink);
        awaitPod();
        permission.withdraw(canceled);
        assertThatItNeverBegan(starting);
    }

    @Test
    void canceledBeforeThereIsAPod() throws Exception {
        controller.refusal = "exceeded quota: pods=10";
        Future<Execution> starting = executor.start(spec, permission, sink);
        awaitRequest(it -> it.method().equals("PATCH"));
        permission.withdraw(canceled);
        assertThatItNeverBegan(starting);
    }

    @Test
    void canceledWhileTheServerDoesNotLetItsJobGo() throws Exception {
        api.failNext(1000, "PATCH", "/jobs", ApiServerDouble.status(403, "Forbidden", "exceeded quota: jobs"));
        Future<Execution> starting = executor.start(spec, permission, sink);
        awaitRequest(it -> it.method().equals("PATCH"));
        permission.withdraw(canceled);
        await(vertx.timer(1500, TimeUnit.MILLISECONDS));
        api.clearFaults();
        assertThatItNeverBegan(starting);
        assertThat(names("pods")).isEmpty();
    }

    @Test
    void canceledBeforeItsJobIsLetGo() throws Exception {
        api.failNext(1000, "POST", "/secrets", ApiServerDouble.status(500, "InternalError", "etcd is away"));
        Future<Execution> starting = executor.start(spec, permission, sink);
        awaitRequest(it -> it.path().endsWith("/secrets"));
        permission.withdraw(canceled);
        assertThatItIsCanceled(starting);
        assertThat(api.requests).noneMatch(it -> it.method().equals("PATCH"));
        api.clearFaults();
        await(executor.remove(spec.runTry()));
        assertThat(names("jobs")).isEmpty();
    }

    @Test
    void nodeThatSaysOfACanceledPodOnlyThatItEndedSaysThatItNeverBegan() throws Exception {
        kubelet.fate = (node, pod) -> node.waiting(pod, "ContainerCreating", "");
        // As a node has it when it was pulling: no container was ever there.
        kubelet.end = (node, pod) -> {
            node.neverLocated(pod);
            node.later(200, () -> node.deleted(pod));
        };
        Future<Execution> starting = executor.start(spec, permission, sink);
        awaitPod();
        permission.withdraw(canceled);
        assertThatItNeverBegan(starting);
    }

    @Test
    void scriptThatBeginsInThatMomentIsStoppedAndItsOutputKept() throws Exception {
        kubelet.fate = (node, pod) -> node.waiting(pod, "ContainerCreating", "");
        kubelet.end = (node, pod) -> {
            node.log(pod, "half", -1);
            node.running(pod);
            node.later(500, () -> {
                node.ended(pod, 143, "Error");
                node.deleted(pod);
            });
        };
        Future<Execution> starting = executor.start(spec, permission, sink);
        awaitPod();
        permission.withdraw(canceled);
        Exit exit = await(starting.compose(Execution::exit));
        assertThat(exit.reason()).isEqualTo(Exit.Reason.CANCELED);
        assertThat(exit.code()).isEqualTo(143);
        assertThat(sink.out()).isEqualTo("half");
    }

    @Test
    void preparedJobThatWasCanceledIsTakenAwayByWhoAdoptsIt() throws Exception {
        prepare();
        assertThatItNeverBegan(executor.adopt(spec, onlyToFollow, sink).map(Optional::orElseThrow));
    }

    @Test
    void pendingPodThatWasCanceledIsTakenAwayByWhoAdoptsIt() throws Exception {
        kubelet.fate = (node, pod) -> node.waiting(pod, "ContainerCreating", "");
        executor.start(spec, permission, new RecordingSink());
        awaitPod();
        await(executor.close());
        executor = opened();
        assertThatItNeverBegan(executor.adopt(spec, onlyToFollow, sink).map(Optional::orElseThrow));
    }

    @Test
    void canceledWhileItsPendingPodIsBeingAdopted() throws Exception {
        kubelet.fate = (node, pod) -> node.waiting(pod, "ContainerCreating", "");
        executor.start(spec, Permissions.granted(), new RecordingSink());
        awaitPod();
        await(executor.close());
        executor = opened();
        Future<Execution> adopting = executor.adopt(spec, permission, sink).map(Optional::orElseThrow);
        permission.withdraw(canceled);
        assertThatItNeverBegan(adopting);
    }

    @Test
    void preparedJobIsNotTakenFromTheHostThatHasIt() throws Exception {
        prepare();
        assertThatThrownBy(() -> await(executor.adopt(spec, Permissions.refused(canceled), sink)))
                .hasCause(canceled);
        assertThat(names("jobs")).hasSize(1);
    }

    private void prepare() throws Exception {
        api.failNext(1000, "POST", "/secrets", ApiServerDouble.status(500, "InternalError", "etcd is away"));
        executor.start(spec, permission, new RecordingSink());
        awaitRequest(it -> it.path().endsWith("/secrets"));
        await(executor.close());
        api.clearFaults();
        executor = opened();
    }

    private void awaitPod() throws Exception {
        while (names("pods").isEmpty()) {
            await(vertx.timer(20, TimeUnit.MILLISECONDS));
        }
    }

    private void assertThatItNeverBegan(Future<Execution> starting) {
        assertThatItIsCanceled(starting);
        assertThat(names("jobs")).isEmpty();
    }

    private void assertThatItIsCanceled(Future<Execution> starting) {
        assertThatThrownBy(() ->
                        starting.toCompletionStage().toCompletableFuture().get(PROMPTLY.toSeconds(), TimeUnit.SECONDS))
                .hasCause(canceled);
        assertThat(sink.out()).isEmpty();
        assertThat(kubelet.begun).isEmpty();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (names("jobs").isEmpty()) {
            // The Secret goes with its Job, a moment later.
            while (!names("secrets").isEmpty() || !names("pods").isEmpty()) {
                await(vertx.timer(20, TimeUnit.MILLISECONDS));
            }
        }
    }
}
