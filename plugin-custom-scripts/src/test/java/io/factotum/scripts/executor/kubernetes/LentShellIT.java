package io.factotum.scripts.executor.kubernetes;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Scripts in an image that has an interpreter and no shell: it is lent one. */
@EnabledIfEnvironmentVariable(
        named = "DOCKER_HOST",
        matches = ".+",
        disabledReason = "No Docker engine: DOCKER_HOST is not set. Run bin/test-engine start and set what"
                + " bin/test-engine env says.")
final class LentShellIT {

    /** Nothing but one program in it, an awk. */
    private static final String BARE = "factotum-test/bare:1";

    private static Vertx vertx;
    private static ApiServerDouble api;
    private static DockerKubelet kubelet;
    private static KubernetesExecutor executor;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        vertx = Vertx.vertx();
        api = ApiServerDouble.start();
        kubelet = new DockerKubelet(api, directory);
        kubelet.makeImage(BARE, Path.of("/bin/busybox"), "bin/awk");
        new JobControllerDouble(api, kubelet);
        KubernetesSettings plain =
                TestClusters.settings(directory, api.url(), UUID.randomUUID().toString());
        KubernetesSettings.Pods pods = new KubernetesSettings.Pods(
                65532,
                List.of(),
                "IfNotPresent",
                Map.of(),
                List.of(),
                null,
                null,
                Map.of(),
                Map.of(),
                RunSpecs.SHELL_IMAGE);
        executor = new KubernetesExecutor(
                vertx,
                new KubernetesSettings(
                        plain.kubeconfig(),
                        plain.namespace(),
                        plain.installId(),
                        pods,
                        plain.times(),
                        plain.followedLogs()));
    }

    @AfterAll
    static void end() throws Exception {
        await(executor.close());
        kubelet.close();
        api.close();
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static Exit run(String script, RecordingSink sink) throws Exception {
        RunSpec spec = RunSpecs.with(RunSpecs.shell(script), BARE, List.of("/bin/awk", "-f"), RunSpecs.LIMITS);
        Exit exit = await(executor.start(spec, granted(), sink).compose(Execution::exit));
        await(executor.remove(spec.runTry()));
        return exit;
    }

    @Test
    void streamsAndExitCodeAreToldApart() throws Exception {
        RecordingSink sink = new RecordingSink();

        Exit exit = run("""
                BEGIN { print "made"; print "warned" > "/dev/stderr"; print "last"; exit 3 }
                """, sink);

        assertThat(exit.code()).as(exit + sink.err()).isEqualTo(3);
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(sink.out()).isEqualTo("made\nlast\n");
        assertThat(sink.err()).isEqualTo("warned\n");
    }

    @Test
    void scriptThatEndsWellDoes() throws Exception {
        RecordingSink sink = new RecordingSink();

        assertThat(run("BEGIN { print ENVIRON[\"PATH\"] != \"\" }\n", sink).code())
                .isZero();
        assertThat(sink.out()).isEqualTo("1\n");
    }
}
