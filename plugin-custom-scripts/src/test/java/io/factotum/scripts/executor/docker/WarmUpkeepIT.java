package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What becomes of containers that wait for a run and get none: they are renewed, make room, and leave nothing. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class WarmUpkeepIT extends WarmContainersSetup {

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

    /** By a clock that is ahead of the engine's, it is old as soon as it is there. */
    @Test
    void oneThatIsBeingMadeIsNotSweptAwayWhateverItsAge() throws Exception {
        WarmMaker maker = maker(engine);
        Future<WarmContainer> making = maker.make(WarmKind.of(RunSpecs.shell(":")), Clock.systemUTC());
        while (!making.isComplete()) {
            await(maker.sweep(Instant.now().plus(AGE)));
        }
        assertThat(waiting())
                .extracting(Container::getId)
                .containsExactly(await(making).id());
        await(maker.remove(await(making)));
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
