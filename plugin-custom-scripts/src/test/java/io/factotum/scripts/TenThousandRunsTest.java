package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.resource.Offering;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.factotum.api.store.RunStore;
import io.factotum.scripts.executor.kubernetes.KubernetesExecutor;
import io.factotum.scripts.executor.kubernetes.KubernetesSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What ten thousand runs in flight cost a host on Kubernetes, from the event to the result. The cluster is a double in a
 * process of its own; followed logs and all else are as by default.
 */
@Tag("long")
class TenThousandRunsTest {

    private static final int FEW = 10;
    private static final int MANY = Integer.getInteger("factotum.test.runs", 10_000);
    private static final int FOLLOWED = Integer.getInteger("factotum.test.followed-logs", 100);
    private static final long MOST_HEAP = 100L << 20;
    /** As many as a host would claim at once. */
    private static final Semaphore STARTING = new Semaphore(100);

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private Process cluster;
    private BufferedReader said;
    private PrintStream tell;

    @BeforeEach
    void startCluster() throws Exception {
        cluster = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx5g",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "io.factotum.scripts.executor.kubernetes.ClusterProcess")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        said = new BufferedReader(new InputStreamReader(cluster.getInputStream(), StandardCharsets.UTF_8));
        tell = new PrintStream(cluster.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    @AfterEach
    void endCluster() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        cluster.destroyForcibly().waitFor();
    }

    @Test
    void theyCostLittleHeapNoThreadsNoWatchesAndFiveCallsEach() throws Exception {
        KubernetesExecutor executor = new KubernetesExecutor(vertx, settings(answer()));
        ScriptConsumer consumer = new ScriptConsumer(
                vertx, Clock.systemUTC(), new ForgetfulRuns(), Fixtures.BOX, Fixtures.config(), executor);
        await(executor.check());
        List<Future<LifecycleResult>> results = new ArrayList<>(start(consumer, FEW));
        Measure few = measure();
        Instant begun = Instant.now();
        results.addAll(start(consumer, MANY - FEW));
        Duration starting = Duration.between(begun, Instant.now());
        Measure many = measure();
        tell.println("end");
        begun = Instant.now();
        await(Future.all(results));
        Duration ending = Duration.between(begun, Instant.now());
        long successes =
                results.stream().filter(result -> result.result().isSuccess()).count();
        Measure after = measure();
        System.out.printf(
                "%d runs in flight (%d logs followed): heap %+.1f MiB over %d runs', %d threads after %d, %d watches,"
                        + " %.2f calls a run, %d lists; all had begun after %d s, had ended after %d s%n",
                MANY,
                many.followed(),
                (many.heap() - few.heap()) / 1048576.0,
                FEW,
                many.threads(),
                few.threads(),
                after.watches(),
                (double) after.calls() / MANY,
                after.lists(),
                starting.toSeconds(),
                ending.toSeconds());
        assertThat(successes).isEqualTo(MANY);
        assertThat(many.heap() - few.heap()).isLessThan(MOST_HEAP);
        assertThat(many.threads() - few.threads()).isLessThan(20);
        assertThat(after.watches()).isLessThan(10);
        assertThat(after.calls()).isLessThanOrEqualTo(5 * MANY);
        await(executor.close());
    }

    private List<Future<LifecycleResult>> start(ScriptConsumer consumer, int runs) throws Exception {
        List<Future<LifecycleResult>> results = new ArrayList<>();
        int all = counts()[4] + runs;
        for (int i = 0; i < runs; i++) {
            STARTING.acquire();
            LifecycleEvent event = event();
            CompletableFuture<LifecycleResult> result = new CompletableFuture<>();
            context.runOnContext(v -> consumer.handle(event)
                    .compose(ended -> consumer.committed(event).map(ended))
                    .onComplete(result::complete, result::completeExceptionally));
            results.add(Future.fromCompletionStage(result));
        }
        while (counts()[4] < all) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        return results;
    }

    /** One whose JSON is its own, as of each event that is read from the store. */
    private static LifecycleEvent event() {
        LifecycleEvent one = Fixtures.event(
                EventType.PULL,
                new JsonObject()
                        .put("language", "shell")
                        .put(
                                "environ",
                                new JsonArray()
                                        .add(new JsonObject().put("name", "A").put("value", "b")))
                        .put("pull", "echo working; sleep 600; echo"));
        return new LifecycleEvent(
                UUID.randomUUID(),
                one.source(),
                one.type(),
                one.time(),
                one.resource(),
                new Offering(
                        one.offering().uuid(),
                        one.offering().name(),
                        one.offering().type(),
                        one.offering().revision(),
                        one.offering().components(),
                        one.offering().settings().copy()),
                one.change(),
                one.order(),
                1,
                false,
                Instant.now().plusSeconds(3600));
    }

    private record Measure(long heap, int threads, int calls, int watches, int lists, int followed) {}

    private Measure measure() throws Exception {
        // The client holds each request until the time has passed that it might have taken.
        TimeUnit.SECONDS.sleep(30);
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        int[] said = counts();
        return new Measure(heap, threads, said[0], said[1], said[2], said[3]);
    }

    private int[] counts() throws IOException {
        tell.println("calls");
        return Arrays.stream(answer().split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    private String answer() throws IOException {
        return said.readLine();
    }

    private KubernetesSettings settings(String url) throws IOException {
        Path kubeconfig = directory.resolve("kubeconfig.yaml");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters: [{name: test, cluster: {server: "%s"}}]
                users: [{name: test, user: {token: test}}]
                contexts: [{name: test, context: {cluster: test, user: test, namespace: scripts}}]
                """.formatted(url));
        return Fixtures.config(new JsonObject()
                        .put(
                                "kubernetes",
                                new JsonObject()
                                        .put("kubeconfig", kubeconfig.toString())
                                        .put("followed-logs", FOLLOWED)))
                .kubernetes()
                .settings("measured", Duration.ofSeconds(10));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.MINUTES);
    }

    /** A store that answers at once and keeps nothing: what a database keeps is not the host's heap. */
    private static final class ForgetfulRuns implements RunStore {

        @Override
        public Future<Void> begin(LifecycleEvent event, String executor, String reference) {
            STARTING.release();
            return Future.succeededFuture();
        }

        @Override
        public Future<Optional<String>> reference(UUID runId) {
            return Future.succeededFuture(Optional.empty());
        }

        @Override
        public Future<Void> saveOutput(UUID runId, OutputUpdate update) {
            return Future.succeededFuture();
        }

        @Override
        public Future<List<OutputSpan>> storedOutput(UUID runId) {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Set<UUID>> unfinished(Collection<UUID> runIds) {
            return Future.succeededFuture(Set.copyOf(runIds));
        }
    }
}
