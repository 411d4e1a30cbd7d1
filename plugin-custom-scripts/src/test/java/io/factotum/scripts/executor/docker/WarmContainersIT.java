package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.Privileges;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Containers that wait for a run: which are made, and which runs take them. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class WarmContainersIT extends WarmContainersSetup {

    @Test
    void runOfAKindThatHasRunTakesTheOneThatWaitsAndAnotherIsMade() throws Exception {
        DockerExecutor host = host(1, 8);
        prime(host, RunSpecs.shell(":"));
        String ready = waiting().get(0).getId();
        RunSpec spec = RunSpecs.shell("echo result");
        assertThat(run(host, spec)).isEqualTo("result\n");
        assertThat(container(spec).getId()).isEqualTo(ready);
        fill(host);
        assertThat(waiting()).hasSize(1).extracting(Container::getId).doesNotContain(ready);
    }

    @Test
    void whatIsNotWantedIsNotKeptReady() throws Exception {
        DockerExecutor host = host(0, 8);
        prime(host, RunSpecs.shell(":"));
        assertThat(waiting()).isEmpty();
    }

    @Test
    void warmOneIsMadeLikeAColdOneAndTellsNoMoreOfItsRun() throws Exception {
        RunSpec.Limits limits = new RunSpec.Limits(
                0.5, 64L << 20, 50, "none", "1234:1234", new Privileges(Set.of("NET_RAW", Privileges.WRITABLE_ROOT)));
        String script = "echo $PLAIN $SECRET; id -u; touch /made # no-one-sees-this";
        RunSpec cold = RunSpecs.with(
                RunSpecs.shell(script, Map.of("PLAIN", "plain-value"), Map.of("SECRET", "secret-value")),
                RunSpecs.SHELL_IMAGE,
                List.of("sh"),
                limits);
        RunSpec warm = RunSpecs.with(
                RunSpecs.shell(script, Map.of("PLAIN", "plain-value"), Map.of("SECRET", "secret-value")),
                RunSpecs.SHELL_IMAGE,
                List.of("sh"),
                limits);
        DockerExecutor host = host(1, 8);
        RecordingSink coldOutput = new RecordingSink();
        RecordingSink warmOutput = new RecordingSink();
        await(host.start(cold, granted(), coldOutput).compose(Execution::exit));
        fill(host);
        await(host.start(warm, granted(), warmOutput).compose(Execution::exit));
        assertThat(wasWarm(cold)).isFalse();
        assertThat(wasWarm(warm)).isTrue();
        assertThat(container(warm).getHostConfig()).isEqualTo(container(cold).getHostConfig());
        assertThat(container(warm).getConfig().getUser()).isEqualTo("1234:1234");
        assertThat(container(warm).getConfig().getEnv())
                .isEqualTo(container(cold).getConfig().getEnv());
        assertThat(warmOutput.out()).isEqualTo(coldOutput.out()).startsWith("plain-value secret-value\n1234\n");
        assertThat(TestEngine.inspect(ContainerRecipe.name(warm.runTry())))
                .doesNotContain("plain-value")
                .doesNotContain("secret-value")
                .doesNotContain("no-one-sees-this");
    }

    @Test
    void nothingOfOneRunIsSeenByTheNext() throws Exception {
        DockerExecutor host = host(1, 8);
        prime(host, RunSpecs.shell(":"));
        run(host, RunSpecs.shell("echo left >file; echo left >/tmp/file", Map.of("LEFT", "1"), Map.of()));
        fill(host);
        RunSpec next =
                RunSpecs.shell("ls -A /work /tmp; env | grep LEFT; ps -o args | grep -v grep | grep -c left; true");
        assertThat(run(host, next)).isEqualTo("/tmp:\n\n/work:\nscript\n0\n");
        assertThat(wasWarm(next)).isTrue();
    }

    @Test
    void runWithOtherLimitsStartsColdAndGetsItsOwn() throws Exception {
        DockerExecutor host = host(1, 8);
        prime(host, RunSpecs.shell(":"));
        RunSpec other = withMemory(RunSpecs.shell(":"), 64L << 20);
        run(host, other);
        assertThat(wasWarm(other)).isFalse();
        fill(host);
        assertThat(waiting()).hasSize(2);
        RunSpec again = withMemory(RunSpecs.shell(":"), 64L << 20);
        run(host, again);
        assertThat(wasWarm(again)).isTrue();
        assertThat(container(again).getHostConfig().getMemory()).isEqualTo(64L << 20);
    }

    @Test
    void hostThatDiesBetweenNameAndScriptLeavesARunThatNeverBegan() throws Exception {
        DockerExecutor dying = host(1, 8);
        prime(dying, RunSpecs.shell(":"));
        RunSpec spec = RunSpecs.shell("echo ran");
        Promise<Void> asked = Promise.promise();
        RecordingSink never = new RecordingSink();
        dying.start(
                spec,
                new Permission(() -> {
                    asked.tryComplete();
                    return Promise.<Void>promise().future();
                }),
                never);
        await(asked.future());
        assertThat(wasWarm(spec)).isTrue();
        assertThat(ContainerExit.isRunning(container(spec).getState())).isTrue();
        String id = container(spec).getId();
        await(dying.close());

        RecordingSink sink = new RecordingSink();
        Execution adopted = await(host(0, 8).adopt(spec, granted(), sink)).orElseThrow();
        assertThat(await(adopted.exit()).code()).isZero();
        assertThat(sink.out()).isEqualTo("ran\n");
        assertThat(never.out()).isEmpty();
        assertThat(container(spec).getId()).isEqualTo(id);
    }

    @Test
    void adoptedRunBeganWhenItsScriptDidNotWhenItsContainerDid() throws Exception {
        DockerExecutor host = host(1, 8);
        prime(host, RunSpecs.shell(":"));
        Instant containerStart = Instant.parse(
                String.valueOf(await(engine.inspect(waiting().get(0).getId()))
                        .orElseThrow()
                        .getState()
                        .getStartedAt()));
        await(vertx.timer(1500, TimeUnit.MILLISECONDS));
        RunSpec spec = RunSpecs.shell("echo ready; sleep 2");
        Execution first = await(host.start(spec, granted(), new RecordingSink()));
        Execution adopted =
                await(host(0, 8).adopt(spec, granted(), new RecordingSink())).orElseThrow();
        assertThat(adopted.startedAt()).isAfterOrEqualTo(containerStart.plusMillis(1400));
        await(Future.all(first.exit(), adopted.exit()));
        assertThat(adopted.startedAt()).isAfterOrEqualTo(containerStart.plusMillis(1400));
    }

    @Test
    void oneThatHasDiedIsNotTakenAndIsReplaced() throws Exception {
        DockerExecutor host = host(1, 8);
        prime(host, RunSpecs.shell(":"));
        String dead = waiting().get(0).getId();
        await(engine.signal(dead, "KILL"));
        await(engine.awaitEnd(dead).otherwiseEmpty());
        RunSpec spec = RunSpecs.shell("echo ran");
        assertThat(run(host, spec)).isEqualTo("ran\n");
        assertThat(container(spec).getId()).as("or begun afresh in it").isNotNull();
        fill(host);
        assertThat(waiting()).hasSize(1).extracting(Container::getId).doesNotContain(dead);
    }

    @Test
    void oneWhoseSandboxHasDiedIsNotTaken() throws Exception {
        DockerExecutor host = host(1, 8);
        RunSpec first = RunSpecs.onNetwork(RunSpecs.shell(":"), "bridge");
        prime(host, first);
        Container sandbox = all().stream()
                .filter(one -> one.getLabels().containsKey(Sandboxes.SANDBOX_LABEL))
                .findFirst()
                .orElseThrow();
        await(engine.signal(sandbox.getId(), "KILL"));
        String cutOff = waiting().get(0).getId();
        while (await(engine.inspect(cutOff)).isPresent()) {
            await(host.warm().round());
            await(vertx.timer(50, TimeUnit.MILLISECONDS));
        }
        RunSpec spec = RunSpecs.onNetwork(RunSpecs.shell("ls /sys/class/net"), "bridge");
        assertThat(run(host, spec)).contains("eth0");
    }

    @Test
    void withoutSandboxesEachHasItsOwnNetwork() throws Exception {
        DockerExecutor host = host(1, 8);
        RunSpec alone = RunSpecs.trusted(RunSpecs.shell("readlink /proc/self/ns/net"), "");
        String first = run(host, alone);
        fill(host);
        RunSpec next = RunSpecs.trusted(RunSpecs.shell("readlink /proc/self/ns/net"), "");
        assertThat(run(host, next)).isNotEqualTo(first).startsWith("net:");
        assertThat(wasWarm(next)).isTrue();
    }

    @Test
    void runWhoseNameIsTakenIsAdoptedAndTheWarmOneStays() throws Exception {
        DockerExecutor host = host(1, 8);
        prime(host, RunSpecs.shell(":"));
        RunSpec spec = RunSpecs.shell("echo ran");
        await(engine.create(spec.image(), create -> new ContainerRecipe(settings(1, 8))
                .fill(create, spec, new Sandboxes.Lent("", spec.limits().network()))));
        String ready = waiting().get(0).getId();
        assertThat(run(host, spec)).isEqualTo("ran\n");
        assertThat(wasWarm(spec)).isFalse();
        assertThat(waiting()).extracting(Container::getId).contains(ready);
    }

    @Test
    void firstOutputComesSoon(TestReporter reporter) throws Exception {
        DockerExecutor host = host(1, 8);
        prime(host, RunSpecs.shell(":"));
        List<Long> firstOutput = new ArrayList<>();
        List<Long> ended = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            long[] sent = new long[1];
            long[] came = new long[1];
            RunSpec spec = RunSpecs.shell("echo result");
            Permission permission = new Permission(() -> {
                sent[0] = System.nanoTime();
                return Future.succeededFuture();
            });
            Exit exit = await(host.start(spec, permission, new OutputSink() {
                        @Override
                        public void stdout(byte[] bytes, int offset, int length) {
                            came[0] = System.nanoTime();
                        }

                        @Override
                        public void stderr(byte[] bytes, int offset, int length) {}

                        @Override
                        public void restart() {}
                    })
                    .compose(Execution::exit));
            ended.add(System.nanoTime() - sent[0]);
            firstOutput.add(came[0] - sent[0]);
            assertThat(exit.code()).isZero();
            assertThat(wasWarm(spec)).isTrue();
            await(host.remove(spec.runTry()));
            fill(host);
        }
        String figures = "microseconds from sending the script to its first output %s, to its end %s"
                .formatted(micros(firstOutput), micros(ended));
        reporter.publishEntry(figures);
        // What it is on a quiet machine is in bench/README.md.
        assertThat(firstOutput)
                .as(figures)
                .allMatch(nanos -> nanos < Duration.ofSeconds(2).toNanos());
    }

    private static List<Long> micros(List<Long> nanos) {
        return nanos.stream().map(one -> one / 1000).sorted().toList();
    }
}
