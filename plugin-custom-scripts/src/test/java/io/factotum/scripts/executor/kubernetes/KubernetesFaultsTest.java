package io.factotum.scripts.executor.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.Permissions;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster may do to a run, and what is made of it. */
class KubernetesFaultsTest extends OnClusterDouble {

    @Test
    void wholeRunTakesFiveRequestsBesidesTheWatches() throws Exception {
        assertThat(run().code()).isZero();
        await(executor.remove(spec.runTry()));
        List<String> calls = api.requests.stream()
                .filter(request -> !isInformers(request))
                .map(request -> request.method() + " "
                        + request.path()
                                .replaceFirst(".*/namespaces/scripts/", "")
                                .replaceAll("factotum-[^/]*", "NAME"))
                .toList();
        assertThat(calls)
                .containsExactly(
                        "POST jobs", "POST secrets", "PATCH jobs/NAME", "GET pods/NAME/log", "DELETE jobs/NAME");
        assertThat(api.requests.stream().filter(it -> it.query().contains("watch=true")))
                .hasSize(2);
    }

    @Test
    void objectsMatchTheOfficialSchema() throws Exception {
        run();
        await(executor.remove(spec.runTry()));
        OpenApiSchema schema = OpenApiSchema.read();
        assertThat(schema.faults("io.k8s.api.batch.v1.Job", body("POST", "/jobs")))
                .isEmpty();
        assertThat(schema.faults("io.k8s.api.core.v1.Secret", body("POST", "/secrets")))
                .isEmpty();
        assertThat(schema.faults("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions", body("DELETE", "/jobs/")))
                .isEmpty();
        assertThat(schema.faults(
                        "io.k8s.api.batch.v1.Job",
                        body("POST", "/jobs")
                                .mergeIn(new JsonObject("{\"spec\":{\"bogus\":1,\"backoffLimit\":\"x\"}}"), true)))
                .hasSize(2);
    }

    @Test
    void patchesMatchTheOfficialSchema() throws Exception {
        kubelet.fate = (node, pod) -> {
            node.log(pod, "", -1);
            node.running(pod);
        };
        Execution running = await(executor.start(spec, Permissions.granted(), sink));
        await(running.stop(Exit.Reason.TIMED_OUT, Duration.ofSeconds(1)));
        List<JsonObject> patches = api.requests.stream()
                .filter(it -> it.method().equals("PATCH"))
                .map(it -> new JsonObject(it.body()))
                .toList();
        assertThat(patches).hasSize(2);
        OpenApiSchema schema = OpenApiSchema.read();
        for (JsonObject patch : patches) {
            assertThat(schema.patchFaults("io.k8s.api.batch.v1.Job", patch)).isEmpty();
        }
        assertThat(schema.patchFaults(
                        "io.k8s.api.batch.v1.Job",
                        new JsonObject("{\"spec\":{\"suspended\":false,\"activeDeadlineSeconds\":\"1\"}}")))
                .hasSize(2);
        assertThat(await(running.exit()).reason()).isEqualTo(Exit.Reason.TIMED_OUT);
    }

    @Test
    void kubeconfigThatIsWrittenLaterIsReadThen(@TempDir Path directory) throws Exception {
        KubernetesSettings settings = TestClusters.settings(directory, api.url(), "later");
        Path kubeconfig = directory.resolve("kubeconfig.yaml");
        Files.writeString(kubeconfig, "");
        KubernetesExecutor later = new KubernetesExecutor(vertx, settings);
        assertThatThrownBy(() -> await(later.check()))
                .hasMessageContaining("Cannot use the Kubernetes cluster of the configuration")
                .hasMessageContaining("'%s' is no kubeconfig that can be read: it is empty".formatted(kubeconfig));
        Files.delete(kubeconfig);
        assertThatThrownBy(() -> await(later.check())).hasMessageContaining("is no kubeconfig that can be read");
        TestClusters.kubeconfig(directory, api.url());
        await(later.check());
        await(later.close());
    }

    @Test
    void quotaOfJobsIsToldAndTriedAgainLater() {
        api.failNext(
                1,
                "POST",
                "/jobs",
                ApiServerDouble.status(403, "Forbidden", "jobs.batch \"x\" is forbidden: exceeded quota: runs"));
        assertThatThrownBy(this::run)
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("exceeded quota: runs");
    }

    @Test
    void quotaOfPodsIsWaitedForAndThenTold() {
        controller.refusal = "pods \"x\" is forbidden: exceeded quota: runs, used: pods=10, limited: pods=10";
        assertThatThrownBy(this::run)
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("pending-timeout")
                .hasMessageContaining("exceeded quota: runs");
        assertThat(names("jobs")).isEmpty();
    }

    @Test
    void jobThatIsFoundAlreadyIsAdopted() throws Exception {
        api.failNext(1, "POST", "/jobs", ApiServerDouble.status(409, "AlreadyExists", "jobs.batch already exists"));
        // Not there when it was looked for: as one that was just being deleted.
        assertThat(run().code()).isZero();
        assertThat(sink.out()).isEqualTo("result\n");
    }

    @Test
    void nothingOfTheEnvironmentStandsInTheJob() throws Exception {
        run();
        assertThat(body("POST", "/jobs").encode()).doesNotContain("hidden").doesNotContain("seen");
        assertThat(body("POST", "/secrets").getJsonObject("metadata").getJsonArray("ownerReferences"))
                .hasSize(1);
    }

    @Test
    void recordedAsBegunOnlyOnceTheJobIsThereAndBeforeItCanRun() throws Exception {
        Permission permission = new Permission(() -> {
            assertThat(api.requests.stream().map(ApiServerDouble.Request::method))
                    .containsExactly("POST");
            return Future.succeededFuture();
        });
        assertThat(await(executor.start(spec, permission, sink).compose(Execution::exit))
                        .code())
                .isZero();
    }

    @Test
    void busyServerIsAskedAgain() throws Exception {
        api.failNext(
                1,
                "POST",
                "/jobs",
                new ApiServerDouble.Answer(429, "{\"message\":\"slow down\"}", Map.of("Retry-After", "1")));
        api.failNext(2, "POST", "/secrets", ApiServerDouble.status(500, "InternalError", "etcd is away"));
        api.failNext(1, "PATCH", "/jobs", ApiServerDouble.status(503, "ServiceUnavailable", "going down"));
        assertThat(run().code()).isZero();
    }

    @Test
    void watchThatEndsOrIsTooOldIsTakenUpAgain() throws Exception {
        kubelet.fate = (node, pod) -> {
            node.log(pod, "result\n", 0);
            node.running(pod);
            api.endWatches(true);
            node.later(300, () -> api.endWatches(false));
            node.later(1500, () -> node.ended(pod, 0, "Completed"));
        };
        assertThat(run().code()).isZero();
        assertThat(sink.out()).isEqualTo("result\n");
    }

    @Test
    void refusedPodFailsEarlyWithTheEventsWords() throws Exception {
        controller.refusal =
                "pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true";
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("FailedCreate").contains("violates PodSecurity");
    }

    @Test
    void imageThatCannotBePulledNeverBegan() {
        kubelet.fate = (node, pod) -> {
            node.waiting(pod, "ErrImagePull", "not found");
            node.later(200, () -> node.waiting(pod, "ImagePullBackOff", "Back-off pulling image \"x\": not found"));
        };
        assertThatThrownBy(this::run)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("Back-off pulling image");
        assertThat(names("jobs")).isEmpty();
    }

    @Test
    void podThatNoNodeTakesNeverBegan() {
        kubelet.fate = (node, pod) -> node.unschedulable(pod, "0/3 nodes are available: 3 Insufficient memory.");
        assertThatThrownBy(this::run)
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("Insufficient memory");
        assertThat(names("jobs")).isEmpty();
    }

    @Test
    void podThatCannotBeConfiguredIsRefusedForGood() throws Exception {
        kubelet.fate = (node, pod) -> node.waiting(pod, "CreateContainerConfigError", "image will run as root");
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("CreateContainerConfigError: image will run as root");
    }

    @Test
    void missingRightIsToldInTheServersWords() throws Exception {
        api.failNext(
                1, "POST", "/secrets", ApiServerDouble.status(403, "Forbidden", "secrets is forbidden: User \"x\""));
        Exit exit = run();
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("secrets is forbidden");
    }

    @Test
    void jobWhoseScriptNeverCameIsBegunByWhoAdoptsIt() throws Exception {
        api.failNext(1000, "POST", "/secrets", ApiServerDouble.status(500, "InternalError", "etcd is away"));
        executor.start(spec, Permissions.granted(), new RecordingSink());
        while (api.requests.stream().noneMatch(it -> it.path().endsWith("/secrets"))) {
            await(vertx.timer(20, TimeUnit.MILLISECONDS));
        }
        await(executor.close());
        api.clearFaults();
        executor = opened();
        Exit exit = await(executor.adopt(spec, Permissions.granted(), sink)
                .compose(found -> found.orElseThrow().exit()));
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEqualTo("result\n");
    }

    @Test
    void requestsAreCoveredByTheShippedRightsAndUseThemAll() throws Exception {
        controller.refusal = "exceeded quota";
        Future<Execution> waiting = executor.start(RunSpecs.shell(":"), Permissions.granted(), new RecordingSink());
        while (api.requests.stream().noneMatch(it -> it.path().endsWith("/events"))) {
            await(vertx.timer(100, TimeUnit.MILLISECONDS));
        }
        controller.refusal = "";
        run();
        await(executor.adopt(spec, Permissions.granted(), new RecordingSink()));
        await(executor.list());
        await(executor.remove(spec.runTry()));
        assertThat(waiting.isComplete()).isFalse();
        assertThat(ShippedRights.used(api.requests)).isEqualTo(ShippedRights.granted());
    }

    private static boolean isInformers(ApiServerDouble.Request request) {
        return request.method().equals("GET") && request.query().contains("labelSelector=factotum.io/install=");
    }
}
