package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.scripts.executor.Executor;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ExecutorsTest {

    private final MemoryExecutor docker = new MemoryExecutor();
    private final MemoryExecutor kubernetes = new MemoryExecutor();
    private final MemoryExecutor process = new MemoryExecutor();

    private boolean hadDocker;
    private boolean inCluster;

    @Test
    void autoTakesDockerIfAnEngineAnswers() {
        assertThat(choose("auto", true).result()).isSameAs(docker);
    }

    @Test
    void autoTakesProcessesIfNoEngineAnswersAndTheyAreAllowed() {
        docker.usable = Future.failedFuture("no engine");
        assertThat(choose("auto", true).result()).isSameAs(process);
        assertThat(docker.calls).containsExactly("close");
    }

    @Test
    void autoFailsWithWhatWasTriedIfProcessesAreNotAllowed() {
        docker.usable = Future.failedFuture("no engine");
        assertThat(choose("auto", false).cause())
                .hasMessageContaining("tried docker: no engine")
                .hasMessageContaining("process is not allowed")
                .hasMessageContaining("plugins.allow-processes");
    }

    @Test
    void autoStaysWithDockerOnceScriptsHaveRunThere() {
        hadDocker = true;
        docker.usable = Future.failedFuture("no engine");
        assertThat(choose("auto", true).result()).isSameAs(docker);
    }

    @Test
    void autoTakesKubernetesInACluster() {
        inCluster = true;
        kubernetes.usable = Future.failedFuture("away for a while");
        assertThat(choose("auto", true).result()).isSameAs(kubernetes);
    }

    @Test
    void kubernetesByNameWaitsForItsCluster() {
        kubernetes.usable = Future.failedFuture("away for a while");
        assertThat(choose("kubernetes", false).result()).isSameAs(kubernetes);
    }

    @Test
    void dockerByNameWaitsForItsEngine() {
        docker.usable = Future.failedFuture("no engine");
        assertThat(choose("docker", true).result()).isSameAs(docker);
    }

    @Test
    void processByNameMustBeAllowedToo() {
        assertThat(choose("process", true).result()).isSameAs(process);
        assertThat(choose("process", false).cause()).hasMessageContaining("process is not allowed");
    }

    private Future<Executor> choose(String executor, boolean processAllowed) {
        ScriptConfig config = Fixtures.config(new JsonObject().put("executor", executor));
        return new Executors(
                        config,
                        processAllowed,
                        hadDocker,
                        () -> docker,
                        new Executors.Cluster(inCluster, () -> kubernetes),
                        () -> process)
                .choose();
    }
}
