package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Hosts that keep containers warm, each test with an installation of its own. */
abstract class WarmContainersSetup {

    static final Duration AGE = TestEngine.SANDBOX_AGE;

    final String installId = UUID.randomUUID().toString();
    final List<DockerExecutor> hosts = new ArrayList<>();
    Vertx vertx;
    DockerEngine engine;

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

    DockerSettings settings(int count, int slots) {
        return settings(RunSpecs.SHELL_IMAGE, count, slots);
    }

    DockerSettings settings(String image, int count, int slots) {
        return TestEngine.settings(
                null,
                installId,
                new WarmSettings(Map.of(new WarmSettings.Program(image, List.of("sh")), count), AGE, slots));
    }

    DockerExecutor host(int count, int slots) {
        return host(settings(count, slots));
    }

    DockerExecutor host(DockerSettings settings) {
        DockerExecutor host = new DockerExecutor(vertx, settings);
        hosts.add(host);
        return host;
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    static void fill(DockerExecutor host) throws Exception {
        await(host.warm().round());
        await(host.warm().filled());
    }

    static String run(DockerExecutor host, RunSpec spec) throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = await(host.start(spec, granted(), sink).compose(Execution::exit));
        assertThat(exit.code()).as(exit + sink.err()).isZero();
        return sink.out();
    }

    /** Runs one, so that those of its kind are kept ready. */
    static void prime(DockerExecutor host, RunSpec spec) throws Exception {
        run(host, spec);
        await(host.remove(spec.runTry()));
        fill(host);
    }

    List<Container> all() throws Exception {
        return await(engine.list(Map.of(ContainerRecipe.INSTALL_LABEL, installId)));
    }

    List<Container> waiting() throws Exception {
        return all().stream()
                .filter(one -> Arrays.stream(one.getNames()).allMatch(name -> name.startsWith("/factotum-warm-")))
                .toList();
    }

    InspectContainerResponse container(RunSpec spec) throws Exception {
        return await(engine.inspect(ContainerRecipe.name(spec.runTry()))).orElseThrow();
    }

    boolean wasWarm(RunSpec spec) throws Exception {
        return container(spec).getConfig().getLabels().containsKey(WarmMaker.WARM_LABEL);
    }

    static RunSpec withMemory(RunSpec spec, long memory) {
        return RunSpecs.with(spec, spec.image(), spec.command(), new RunSpec.Limits(1, memory, 128, "none"));
    }
}
