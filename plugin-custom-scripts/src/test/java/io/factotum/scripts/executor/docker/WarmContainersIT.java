package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse;
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
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Containers that wait for a run: which there are, which are used, and what becomes of them. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class WarmContainersIT {

    private static final Duration AGE = TestEngine.SANDBOX_AGE;

    private final String installId = UUID.randomUUID().toString();
    private final List<DockerExecutor> hosts = new ArrayList<>();
    private Vertx vertx;
    private DockerEngine engine;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        engine = new DockerEngine(vertx, settings(1, 8));
    }

    @AfterEach
    void close() throws Exception {
        for (DockerExecutor host : hosts) {
            await(host.close());
        }
        for (Container left : all()) {
            await(engine.remove(left.getId()));
        }
        await(engine.close());
        await(vertx.close());
    }

    private DockerSettings settings(int count, int slots) {
        return settings(RunSpecs.SHELL_IMAGE, count, slots);
    }

    private DockerSettings settings(String image, int count, int slots) {
        return TestEngine.settings(
                null,
                installId,
                new WarmSettings(Map.of(new WarmSettings.Program(image, List.of("sh")), count), AGE, slots));
    }

    private DockerExecutor host(int count, int slots) {
        return host(settings(count, slots));
    }

    private DockerExecutor host(DockerSettings settings) {
        DockerExecutor host = new DockerExecutor(vertx, settings);
        hosts.add(host);
        return host;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void fill(DockerExecutor host) throws Exception {
        await(host.warm().round());
        await(host.warm().filled());
    }

    private static String run(DockerExecutor host, RunSpec spec) throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = await(host.start(spec, granted(), sink).compose(Execution::exit));
        assertThat(exit.code()).as(exit + sink.err()).isZero();
        return sink.out();
    }

    /** Runs one, so that those of its kind are kept ready. */
    private static void prime(DockerExecutor host, RunSpec spec) throws Exception {
        run(host, spec);
        await(host.remove(spec.runTry()));
        fill(host);
    }

    private List<Container> all() throws Exception {
        return await(engine.list(Map.of(ContainerRecipe.INSTALL_LABEL, installId)));
    }

    private List<Container> waiting() throws Exception {
        return all().stream()
                .filter(one -> Arrays.stream(one.getNames()).allMatch(name -> name.startsWith("/factotum-warm-")))
                .toList();
    }

    private InspectContainerResponse container(RunSpec spec) throws Exception {
        return await(engine.inspect(ContainerRecipe.name(spec.runTry()))).orElseThrow();
    }

    private boolean wasWarm(RunSpec spec) throws Exception {
        return container(spec).getConfig().getLabels().containsKey(WarmMaker.WARM_LABEL);
    }

    private static RunSpec withMemory(RunSpec spec, long memory) {
        return RunSpecs.with(spec, spec.image(), spec.command(), new RunSpec.Limits(1, memory, 128, "none"));
    }

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
    void thoseThatADeadHostHasLeftAreSweptAndThoseOfALivingOneAreNot() throws Exception {
        DockerExecutor living = host(1, 8);
        prime(living, RunSpecs.shell(":"));
        String kept = waiting().get(0).getId();
        DockerEngine dying = new DockerEngine(vertx, settings(1, 8));
        WarmContainer left = await(maker(dying).make(WarmKind.of(RunSpecs.shell(":")), Clock.systemUTC()));
        assertThat(waiting()).hasSize(2);
        await(dying.close());
        await(engine.awaitEnd(left.id()));
        await(living.warm().round());
        assertThat(waiting()).extracting(Container::getId).containsExactly(kept);
    }

    private WarmMaker maker(DockerEngine of) {
        DockerSettings settings = settings(1, 8);
        Sandboxes sandboxes = sandboxes(of);
        return new WarmMaker(
                of, sandboxes, new ContainerMaker(of, settings, sandboxes), new ContainerRecipe(settings), AGE);
    }

    private Sandboxes sandboxes(DockerEngine of) {
        return new Sandboxes(vertx, of, installId, AGE, Clock.systemUTC());
    }

    @Test
    void thoseThatAreOldAreRenewedAndThoseThatNobodyAsksForGo() throws Exception {
        SetClock clock = new SetClock();
        WarmContainers warm = new WarmContainers(
                vertx, maker(engine), sandboxes(engine), settings(1, 8).warm(), clock);
        RunSpec spec = RunSpecs.shell(":");
        assertThat(warm.take(spec)).isEmpty();
        await(warm.round());
        await(warm.filled());
        String first = waiting().get(0).getId();

        clock.forward(AGE.dividedBy(2));
        WarmContainer taken = warm.take(spec).orElseThrow();
        assertThat(taken.id()).isEqualTo(first);
        warm.putBack(spec, taken);
        clock.forward(AGE.dividedBy(2));
        await(warm.round());
        await(warm.filled());
        await(engine.awaitEnd(first).otherwiseEmpty());
        assertThat(warm.take(RunSpecs.shell(":")).map(WarmContainer::id).filter(id -> !id.equals(first)))
                .as("another, since the first had waited for its time")
                .isPresent();

        await(warm.round());
        await(warm.filled());
        assertThat(warm.take(RunSpecs.shell(":")).isPresent()).isTrue();
        await(warm.round());
        await(warm.filled());
        clock.forward(AGE);
        await(warm.round());
        await(warm.filled());
        assertThat(warm.take(RunSpecs.shell(":"))).as("nobody had asked").isEmpty();
        await(warm.close());
    }

    @Test
    void theyMakeRoomForWhatRunsTheKindThatWasUsedLeastLatelyFirst() throws Exception {
        DockerExecutor host = host(1, 2);
        prime(host, RunSpecs.shell(":"));
        String older = waiting().get(0).getId();
        prime(host, withMemory(RunSpecs.shell(":"), 64L << 20));
        assertThat(waiting()).hasSize(2);
        RunSpec cold = withMemory(RunSpecs.shell("echo ready; sleep 1000"), 96L << 20);
        RecordingSink sink = new RecordingSink();
        Execution running = await(host.start(cold, granted(), sink));
        assertThat(waiting()).hasSize(1).extracting(Container::getId).doesNotContain(older);
        fill(host);
        assertThat(waiting()).as("no room for more").hasSize(1);
        await(running.stop(Exit.Reason.CANCELED, Duration.ofMillis(1)));
        await(running.exit());
        fill(host);
        assertThat(waiting()).hasSize(2);
    }

    @Test
    void thoseOfAnImageThatWasRenewedGoWhenOneOfTheNewIsMade() throws Exception {
        String repository = "factotum-test/renewed-" + UUID.randomUUID();
        String image = repository + ":1";
        await(engine.call(client ->
                client.tagImageCmd(RunSpecs.SHELL_IMAGE, repository, "1").exec()));
        try {
            DockerExecutor host = host(settings(image, 2, 8));
            RunSpec.Limits limits = RunSpecs.LIMITS;
            prime(host, RunSpecs.with(RunSpecs.shell(":"), image, List.of("sh"), limits));
            List<String> old = waiting().stream().map(Container::getId).toList();
            await(engine.call(client -> client.tagImageCmd("factotum-test/python:1", repository, "1")
                    .exec()));
            RunSpec last = RunSpecs.with(RunSpecs.shell("which python || echo old"), image, List.of("sh"), limits);
            assertThat(run(host, last)).isEqualTo("old\n");
            fill(host);
            assertThat(waiting()).hasSize(2).extracting(Container::getId).doesNotContainAnyElementsOf(old);
            RunSpec next = RunSpecs.with(RunSpecs.shell("which python || echo old"), image, List.of("sh"), limits);
            assertThat(run(host, next)).endsWith("python\n");
            assertThat(wasWarm(next)).isTrue();
            await(host.remove(last.runTry()));
            await(host.remove(next.runTry()));
        } finally {
            await(engine.call(
                    client -> client.removeImageCmd(image).withForce(true).exec()));
        }
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

    @Test
    void closingRemovesThoseThatWait() throws Exception {
        DockerExecutor host = host(2, 8);
        prime(host, RunSpecs.shell(":"));
        assertThat(waiting()).hasSize(2);
        await(host.close());
        assertThat(all()).isEmpty();
    }

    /** A clock that can be set. */
    private static final class SetClock extends Clock {

        private Instant now = Instant.now();

        void forward(Duration by) {
            now = now.plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
