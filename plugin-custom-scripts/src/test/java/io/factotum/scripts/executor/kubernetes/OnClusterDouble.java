package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.Permissions;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One run on the double of a cluster, whose node does what a test says. */
abstract class OnClusterDouble {

    @TempDir
    static Path directory;

    final Vertx vertx = Vertx.vertx();
    final RecordingSink sink = new RecordingSink();
    final RunSpec spec = RunSpecs.shell("echo result", Map.of("PLAIN", "seen"), Map.of("SECRET", "hidden"));
    ApiServerDouble api;
    ScriptedKubelet kubelet;
    JobControllerDouble controller;
    KubernetesExecutor executor;

    @BeforeEach
    void startCluster() throws Exception {
        api = ApiServerDouble.start();
        kubelet = new ScriptedKubelet(api);
        controller = new JobControllerDouble(api, kubelet);
        kubelet.fate = OnClusterDouble::endsWell;
        executor = opened();
    }

    @AfterEach
    void endCluster() throws Exception {
        await(executor.close());
        await(vertx.close());
        api.close();
    }

    final KubernetesExecutor opened() throws Exception {
        return new KubernetesExecutor(
                vertx,
                TestClusters.settings(
                        directory,
                        api.url(),
                        "faults",
                        TestClusters.times(Duration.ofSeconds(20), Duration.ofSeconds(1))));
    }

    static void endsWell(ScriptedKubelet node, JsonObject pod) {
        node.log(pod, "result\n", 0);
        node.running(pod);
        node.later(200, () -> node.ended(pod, 0, "Completed"));
    }

    final Exit run() throws Exception {
        return await(executor.start(spec, Permissions.granted(), sink).compose(Execution::exit));
    }

    final void awaitRequest(Predicate<ApiServerDouble.Request> awaited) throws Exception {
        while (api.requests.stream().noneMatch(awaited)) {
            await(vertx.timer(20, TimeUnit.MILLISECONDS));
        }
    }

    /** The names of all objects of a kind. */
    final List<String> names(String kind) {
        try {
            return api.ask(
                    () -> api.all(kind).stream().map(JobControllerDouble::name).toList());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The body of the first such request. */
    final JsonObject body(String method, String path) {
        return api.requests.stream()
                .filter(it -> it.method().equals(method) && it.path().contains(path))
                .map(it -> new JsonObject(it.body()))
                .findFirst()
                .orElseThrow();
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
