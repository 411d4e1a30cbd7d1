package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.PushResponseItem;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Images that come from a registry. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = "unix:.+", disabledReason = TestEngine.NONE)
final class ImagePullIT {

    @TempDir
    Path config;

    private Vertx vertx;
    private RegistryDouble registry;
    private DockerEngine engine;
    private DockerExecutor executor;
    private String repository;
    private String image;

    @BeforeEach
    void pushAnImage() throws Exception {
        vertx = Vertx.vertx();
        registry = new RegistryDouble();
        repository = registry.host() + "/team/shell";
        image = repository + ":1";
        engine = new DockerEngine(vertx, settings(PullPolicy.MISSING));
        executor = new DockerExecutor(vertx, settings(PullPolicy.MISSING));
        tag();
        ContainerStream<PushResponseItem> push = engine.stream(
                item -> assertThat(item.getErrorDetail()).isNull(), (client, self) -> client.pushImageCmd(repository)
                        .withTag("1")
                        .withAuthConfig(new AuthConfig())
                        .exec(self));
        await(push.ended());
        forget();
        registry.forgetRequests();
    }

    @AfterEach
    void close() throws Exception {
        for (var leftover : await(executor.list())) {
            await(executor.remove(leftover.runTry()));
        }
        forget();
        registry.close();
        await(executor.close());
        await(engine.close());
        await(vertx.close());
    }

    private DockerSettings settings(PullPolicy policy) {
        return new DockerSettings(
                null,
                "pulls",
                true,
                new Pulls(policy, Duration.ofSeconds(30), config.toString()),
                Duration.ofHours(1),
                List.of(),
                RunSpec.Limits.NOBODY,
                WarmSettings.NONE);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private void tag() throws Exception {
        await(engine.call(client -> {
            client.tagImageCmd(RunSpecs.SHELL_IMAGE, repository, "1").exec();
            return image;
        }));
    }

    private void forget() throws Exception {
        await(engine.call(client -> client.removeImageCmd(image).withForce(true).exec())
                .otherwiseEmpty());
    }

    private RunSpec spec() {
        return RunSpecs.with(RunSpecs.shell("echo ran"), image, List.of("sh"), RunSpecs.LIMITS);
    }

    private static Execution run(DockerExecutor executor, RunSpec spec) throws Exception {
        Execution execution = await(executor.start(spec, granted(), new RecordingSink()));
        assertThat(await(execution.exit()).code()).isZero();
        return execution;
    }

    private String digest() throws Exception {
        return repository + "@" + registry.digest("/v2/team/shell/manifests/1");
    }

    @Test
    void missingImageIsPulledOnceHoweverManyWaitAndItsDigestIsTold() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        registry.hold(latch);
        List<Future<Execution>> starts = IntStream.range(0, 5)
                .mapToObj(i -> executor.start(spec(), granted(), new RecordingSink()))
                .toList();
        await(vertx.timer(500, TimeUnit.MILLISECONDS));
        latch.countDown();
        for (Future<Execution> start : starts) {
            Execution execution = await(start);
            assertThat(await(execution.exit()).code()).isZero();
            assertThat(execution.image()).contains(digest());
        }
        assertThat(registry.looks()).isEqualTo(1);
    }

    @Test
    void adoptedRunTellsItsDigestToo() throws Exception {
        RunSpec spec = spec();
        run(executor, spec);
        Execution adopted =
                await(executor.adopt(spec, granted(), new RecordingSink())).orElseThrow();
        await(adopted.exit());
        assertThat(adopted.image()).contains(digest());
    }

    @Test
    void credentialsAreThoseOfDockersConfiguration() throws Exception {
        registry.askWho();
        assertThatThrownBy(() -> run(executor, spec()))
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("Cannot pull image '" + image + "'")
                .hasMessageContaining("docker login");
        String auth = Base64.getEncoder()
                .encodeToString((RegistryDouble.USER + ":" + RegistryDouble.PASSWORD).getBytes(UTF_8));
        configure(new JsonObject()
                .put("auths", new JsonObject().put(registry.host(), new JsonObject().put("auth", auth))));
        run(executor, spec());
    }

    @Test
    void imageThatMayNotBePulledIsNamed() throws Exception {
        DockerExecutor never = new DockerExecutor(vertx, settings(PullPolicy.NEVER));
        assertThatThrownBy(() -> run(never, spec()))
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("docker.pull-policy is never");
        assertThat(registry.looks()).isZero();
        await(never.close());
    }

    @Test
    void registryIsAskedBeforeEachRunWhereThePolicySaysSo() throws Exception {
        DockerExecutor always = new DockerExecutor(vertx, settings(PullPolicy.ALWAYS));
        run(always, spec());
        run(always, spec());
        assertThat(registry.looks()).isEqualTo(2);
        await(always.close());
    }

    @Test
    void imageThatTheRegistryHasNotGotIsNamed() {
        RunSpec missing = RunSpecs.with(RunSpecs.shell(":"), repository + ":2", List.of("sh"), RunSpecs.LIMITS);
        assertThatThrownBy(() -> run(executor, missing))
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("Cannot pull image '" + repository + ":2'")
                .hasMessageContaining("manifest unknown");
    }

    private void configure(JsonObject json) throws Exception {
        Files.writeString(config.resolve("config.json"), json.encode());
    }
}
