package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.Privileges;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run may do and use, as the engine is told. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class DockerLimitsIT extends OnDocker {

    @Test
    void runHasNoMoreRightsThanItNeeds() throws Exception {
        RunSpec spec = RunSpecs.with(
                RunSpecs.shell("""
                        id -u; id -g; echo $HOME
                        grep -E 'Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp:' /proc/self/status
                        touch /made /etc/made /bin/made
                        touch /work/made /tmp/made $HOME/made && echo writable
                        dd if=/dev/zero of=/tmp/large bs=1M count=40 2>/dev/null || echo full
                        cat /proc/1/comm"""), RunSpecs.SHELL_IMAGE, List.of("sh"), new RunSpec.Limits(1, 64L << 20, 50, "none"));
        RecordingSink sink = new RecordingSink();
        run(spec, sink);
        String none = "0000000000000000";
        assertThat(sink.out().split("\\s+"))
                .containsExactly(
                        "65534",
                        "65534",
                        "/work",
                        "CapPrm:",
                        none,
                        "CapEff:",
                        none,
                        "CapBnd:",
                        none,
                        "CapAmb:",
                        none,
                        "NoNewPrivs:",
                        "1",
                        "Seccomp:",
                        "2",
                        "writable",
                        "full",
                        "docker-init");
        assertThat(sink.err().lines()).hasSize(3).allMatch(line -> line.contains("Read-only file system"));
    }

    @Test
    void privilegesAreThoseThatWereAskedFor() throws Exception {
        RunSpec.Limits limits = new RunSpec.Limits(
                1,
                64L << 20,
                50,
                "none",
                RunSpec.Limits.IMAGE_USER,
                new Privileges(
                        Set.of("NET_RAW", Privileges.WRITABLE_ROOT, Privileges.NEW_PRIVILEGES, Privileges.NO_SECCOMP)));
        RunSpec spec = RunSpecs.with(
                RunSpecs.shell("id -u; grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status; touch /made"),
                RunSpecs.SHELL_IMAGE,
                List.of("sh"),
                limits);
        RecordingSink sink = new RecordingSink();
        assertThat(run(spec, sink).code()).isZero();
        assertThat(sink.out().split("\\s+"))
                .containsExactly("0", "CapEff:", "0000000000002000", "NoNewPrivs:", "0", "Seccomp:", "0");
    }

    @Test
    void volumeThatIsNotThereIsMadeForTheUserOfRuns() throws Exception {
        String volume = "factotum-test-" + UUID.randomUUID();
        DockerExecutor keeping = new DockerExecutor(
                vertx,
                new DockerSettings(
                        null,
                        "faults",
                        true,
                        Pulls.missingWithin(Duration.ofSeconds(20)),
                        Duration.ofHours(1),
                        List.of(volume + ":/srv/kept"),
                        RunSpec.Limits.NOBODY,
                        WarmSettings.NONE));
        RecordingSink sink = new RecordingSink();
        try {
            List<Future<Execution>> both = List.of("one", "two").stream()
                    .map(name -> keeping.start(
                            RunSpecs.shell("echo kept >/srv/kept/" + name + " && cat /srv/kept/" + name),
                            granted(),
                            sink))
                    .toList();
            for (Future<Execution> one : both) {
                assertThat(await(one.compose(Execution::exit)).code()).isZero();
            }
            assertThat(sink.out()).isEqualTo("kept\nkept\n");
            assertThat(await(executor.list())).hasSize(2);
        } finally {
            for (var leftover : await(keeping.list())) {
                await(keeping.remove(leftover.runTry()));
            }
            await(engine.removeVolume(volume));
            await(keeping.close());
        }
    }

    @Test
    void limitsUserAndNetworkAreTheSpecs() throws Exception {
        RunSpec.Limits limits = new RunSpec.Limits(0.5, 64L << 20, 50, "none");
        RunSpec spec = RunSpecs.with(
                RunSpecs.shell("id -u; echo x >file; cat file; ls /sys/class/net"),
                RunSpecs.SHELL_IMAGE,
                List.of("sh"),
                limits);
        RecordingSink sink = new RecordingSink();
        assertThat(run(spec, sink).code()).isZero();
        assertThat(sink.out()).startsWith("65534\nx\n").doesNotContain("eth0");
        var host = await(engine.inspect(ContainerRecipe.name(spec.runTry())))
                .orElseThrow()
                .getHostConfig();
        assertThat(host.getMemory()).isEqualTo(64L << 20).isEqualTo(host.getMemorySwap());
        assertThat(host.getNanoCPUs()).isEqualTo(500_000_000L);
        assertThat(host.getPidsLimit()).isEqualTo(50);
        assertThat(host.getInit()).isTrue();
    }

    @Test
    void scriptThatUsesTooMuchMemorySaysSo() throws Exception {
        RunSpec.Limits limits = new RunSpec.Limits(1, 32L << 20, 50, "none");
        RunSpec spec = RunSpecs.with(
                RunSpecs.shell("a = 'x' * (200 * 1024 * 1024)\nprint(len(a))"),
                "factotum-test/python:1",
                List.of("python"),
                limits);
        Exit exit = run(spec, new RecordingSink());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.OUT_OF_MEMORY);
        assertThat(exit.message()).contains("more memory than it may");
    }

    @Test
    void scriptThatKillsItselfIsNotTakenForOutOfMemory() throws Exception {
        Exit exit = run(RunSpecs.shell("kill -9 $$"), new RecordingSink());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(exit.code()).isEqualTo(137);
        assertThat(exit.message()).contains("Signal 9");
    }

    @Test
    void missingNetworkIsAFaultInTheEnginesWords() throws Exception {
        RunSpec.Limits limits = new RunSpec.Limits(1, 64L << 20, 50, "no-such-network");
        RunSpec spec = RunSpecs.with(RunSpecs.shell(":"), RunSpecs.SHELL_IMAGE, List.of("sh"), limits);
        Exit exit = run(spec, new RecordingSink());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("no-such-network");
    }

    /** In the sandbox of a trust domain and in a namespace of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"a", ""})
    void aNetworkByNameIsTheOneARunIsOn(String domain) throws Exception {
        String network = "factotum-test-" + UUID.randomUUID();
        DockerClient docker = docker();
        docker.createNetworkCmd()
                .withName(network)
                .withIpam(new Network.Ipam().withConfig(new Network.Ipam.Config().withSubnet("10.214.77.0/24")))
                .exec();
        try {
            RecordingSink sink = new RecordingSink();
            RunSpec spec = RunSpecs.onNetwork(RunSpecs.trusted(RunSpecs.shell("ip addr"), domain), network);
            assertThat(run(spec, sink).code()).as(sink.err()).isZero();
            assertThat(sink.out()).contains("inet 10.214.77.");
        } finally {
            close();
            docker.listContainersCmd()
                    .withShowAll(true)
                    .withNetworkFilter(List.of(network))
                    .exec()
                    .forEach(left -> docker.removeContainerCmd(left.getId())
                            .withForce(true)
                            .exec());
            docker.removeNetworkCmd(network).exec();
            docker.close();
            open();
        }
    }

    private static DockerClient docker() {
        DefaultDockerClientConfig config =
                DefaultDockerClientConfig.createDefaultConfigBuilder().build();
        return DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .build());
    }
}
