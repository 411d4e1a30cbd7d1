package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.ImageExecutorContract;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The contract, in Jobs: a double of the cluster runs what their Pods say in containers of the test engine. */
@EnabledIfEnvironmentVariable(
        named = "DOCKER_HOST",
        matches = ".+",
        disabledReason = "No Docker engine: DOCKER_HOST is not set. Run bin/test-engine start and set what"
                + " bin/test-engine env says.")
final class KubernetesExecutorIT extends ImageExecutorContract {

    private static ApiServerDouble api;
    private static DockerKubelet kubelet;

    @TempDir
    static Path directory;

    @BeforeAll
    static void startCluster() throws Exception {
        api = ApiServerDouble.start();
        kubelet = new DockerKubelet(api, directory);
        new JobControllerDouble(api, kubelet);
    }

    @AfterAll
    static void endCluster() throws Exception {
        kubelet.close();
        api.close();
    }

    @Override
    protected Executor open(Vertx vertx, String installId) throws Exception {
        return new KubernetesExecutor(vertx, TestClusters.settings(directory, api.url(), installId));
    }
}
