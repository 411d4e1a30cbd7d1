package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Container;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Containers that lend their network namespace to those of one trust domain. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class SandboxesIT {

    private static final String NAMESPACE = "readlink /proc/self/ns/net";
    private static final Duration AGE = TestEngine.SANDBOX_AGE;

    private final String installId = UUID.randomUUID().toString();
    private final DockerSettings settings = TestEngine.settings(null, installId);
    private Vertx vertx;
    private DockerEngine engine;
    private DockerExecutor executor;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        engine = new DockerEngine(vertx, settings);
        executor = new DockerExecutor(vertx, settings);
    }

    @AfterEach
    void close() throws Exception {
        await(executor.close());
        for (Container left : all()) {
            await(engine.remove(left.getId()));
        }
        await(engine.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private List<Container> all() throws Exception {
        return await(engine.list(Map.of(ContainerRecipe.INSTALL_LABEL, installId)));
    }

    private List<Container> sandboxes() throws Exception {
        return all().stream()
                .filter(container -> container.getLabels().containsKey(Sandboxes.SANDBOX_LABEL))
                .toList();
    }

    private String namespace(DockerExecutor host, RunSpec spec) throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = await(host.start(spec, granted(), sink).compose(Execution::exit));
        assertThat(exit.code()).as(exit + sink.err()).isZero();
        await(host.remove(spec.runTry()));
        return sink.out();
    }

    private String namespaceOf(String domain) throws Exception {
        return namespace(executor, RunSpecs.trusted(RunSpecs.shell(NAMESPACE), domain));
    }

    @Test
    void runsOfOneTrustDomainShareANamespaceAndOthersDoNot() throws Exception {
        String first = namespaceOf("a");
        assertThat(namespaceOf("a")).isEqualTo(first);
        assertThat(namespaceOf("b")).isNotEqualTo(first);
        assertThat(namespaceOf("")).isNotEqualTo(first);
        assertThat(sandboxes()).hasSize(2);
    }

    @Test
    void networksAreKeptApart() throws Exception {
        RunSpec spec = RunSpecs.trusted(RunSpecs.shell("ls /sys/class/net"), "a");
        assertThat(namespace(executor, RunSpecs.onNetwork(spec, "none"))).isEqualTo("lo\n");
        RunSpec other = RunSpecs.trusted(RunSpecs.shell("ls /sys/class/net"), "a");
        assertThat(namespace(executor, RunSpecs.onNetwork(other, "bridge"))).contains("eth0");
    }

    @Test
    void manyRunsAtOnceMakeOneSandbox() throws Exception {
        List<Future<Exit>> runs = IntStream.range(0, 4)
                .mapToObj(number -> executor.start(
                                RunSpecs.trusted(RunSpecs.shell("true"), "a"), granted(), new RecordingSink())
                        .compose(Execution::exit))
                .toList();
        await(Future.all(runs));
        assertThat(sandboxes()).hasSize(1);
    }

    @Test
    void severalHostsUseTheSameOne() throws Exception {
        String here = namespaceOf("a");
        DockerExecutor other = new DockerExecutor(vertx, settings);
        assertThat(namespace(other, RunSpecs.trusted(RunSpecs.shell(NAMESPACE), "a")))
                .isEqualTo(here);
        await(other.close());
        assertThat(sandboxes()).isEmpty();
        assertThatThrownBy(() -> namespaceOf("a"))
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("sandbox");
        assertThat(namespaceOf("a")).isNotEmpty();
    }

    @Test
    void oneThatDiedIsStartedAgain() throws Exception {
        namespaceOf("a");
        await(engine.signal(sandboxes().get(0).getId(), "KILL"));
        assertThat(namespaceOf("a")).startsWith("net:");
        assertThat(sandboxes()).hasSize(1);
    }

    @Test
    void oneThatIsGoneCostsNoRun() throws Exception {
        namespaceOf("a");
        await(engine.remove(sandboxes().get(0).getId()));
        RunSpec spec = RunSpecs.trusted(RunSpecs.shell(NAMESPACE), "a");
        assertThatThrownBy(() -> namespace(executor, spec)).hasCauseInstanceOf(NeverBegunException.class);
        // On record it may have begun by now: whoever takes it up must be able to tell that it has not.
        assertThatThrownBy(() -> await(executor.adopt(spec, granted(), new RecordingSink())))
                .hasCauseInstanceOf(NeverBegunException.class);
        await(executor.remove(spec.runTry()));
        assertThat(all()).isEmpty();
        assertThat(namespace(executor, spec)).startsWith("net:");
    }

    @Test
    void aNetworkThatIsNotThereIsTold() throws Exception {
        RunSpec spec = RunSpecs.onNetwork(RunSpecs.trusted(RunSpecs.shell("true"), "a"), "no-such-network");
        Permission permission = granted();
        Exit exit = await(executor.start(spec, permission, new RecordingSink()).compose(Execution::exit));
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("no-such-network");
        assertThat(permission.isAsked())
                .as("what nothing was made of is on record as begun")
                .isFalse();
        assertThat(all()).isEmpty();
    }

    @Test
    void eachSpanHasANewOneAndTheOldGoesWhenNothingUsesIt() throws Exception {
        Instant now = Instant.now();
        Sandboxes today = new Sandboxes(vertx, engine, installId, AGE, Clock.fixed(now, ZoneOffset.UTC));
        Sandboxes later = new Sandboxes(
                vertx, engine, installId, AGE, Clock.fixed(now.plus(AGE).plusSeconds(60), ZoneOffset.UTC));
        RunSpec spec = RunSpecs.trusted(RunSpecs.shell("sleep 1000"), "a");
        Sandboxes.Lent old = await(today.lend(spec));
        await(engine.create(spec.image(), create -> new ContainerRecipe(settings).fill(create, spec, old)));
        Sandboxes.Lent renewed = await(later.lend(spec));
        assertThat(renewed.name()).isNotEqualTo(old.name());

        await(later.sweep());
        assertThat(sandboxes()).as("both are old, one is used").singleElement().matches(left -> old.name()
                .equals(left.getLabels().get(Sandboxes.SANDBOX_LABEL)));

        await(executor.remove(spec.runTry()));
        await(today.sweep());
        assertThat(sandboxes()).as("unused, but not old").hasSize(1);
        await(later.sweep());
        assertThat(sandboxes()).isEmpty();
    }

    @Test
    void thoseOfOthersAreLeftAlone() throws Exception {
        DockerSettings others = TestEngine.settings(null, UUID.randomUUID().toString());
        DockerExecutor other = new DockerExecutor(vertx, others);
        namespace(other, RunSpecs.trusted(RunSpecs.shell("true"), "a"));
        Sandboxes later =
                new Sandboxes(vertx, engine, installId, AGE, Clock.offset(Clock.systemUTC(), AGE.multipliedBy(2)));
        await(later.sweep());
        assertThat(await(engine.list(Map.of(ContainerRecipe.INSTALL_LABEL, others.installId()))))
                .hasSize(1);
        await(other.close());
        assertThat(await(engine.list(Map.of(ContainerRecipe.INSTALL_LABEL, others.installId()))))
                .isEmpty();
    }
}
