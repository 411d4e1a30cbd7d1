package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real plugin, loaded afresh again and again while orders come in. In containers where there is an engine. */
class ReloadSoakIT extends EndToEnd {

    /** Long enough that many are under way while their plugin goes. */
    private static final String MIDDLING = """
            echo line >> "$SHARED/$RUN_UUID.begun"
            sleep 0.5
            echo line >> "$SHARED/$RUN_UUID.ended"
            echo "id-$RESOURCE_NAME"
            """;

    /** Unloaded classes stay to be found by late answers for 35 seconds. */
    private static final Duration GRACE = Duration.ofSeconds(36);

    private static final long MOST_METASPACE = 5L << 20;
    private static final int MOST_THREADS_MORE = 3;

    ReloadSoakIT() {
        super(String.valueOf(System.getenv("DOCKER_HOST")).matches(Engine.HERE) ? Where.DOCKER : Where.PROCESS);
    }

    /** Orders, one each so often, for as long as it is open. */
    private static final class Load implements AutoCloseable {
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private final List<Placed> placed = new CopyOnWriteArrayList<>();
        private final ScheduledFuture<?> placing;

        private Load(Api api, String offering, Duration every) {
            placing = thread.scheduleAtFixedRate(
                    () -> placed.add(api.create(offering, offering + "-" + placed.size())),
                    0,
                    every.toMillis(),
                    TimeUnit.MILLISECONDS);
        }

        /** What was placed; fails if one was refused. */
        List<Placed> end() throws InterruptedException {
            close();
            thread.awaitTermination(1, TimeUnit.MINUTES);
            try {
                if (!placing.isCancelled()) {
                    placing.get();
                }
            } catch (ExecutionException refused) {
                throw new AssertionError("An order was refused", refused.getCause());
            }
            return placed;
        }

        @Override
        public void close() {
            thread.shutdown();
        }
    }

    private void reload(int times, Duration pause) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            assertThat(api().post("/plugins/custom-scripts/reload", null).getString("state"))
                    .isEqualTo("ACTIVE");
            host().live(pause);
        }
    }

    private List<Placed> reloadUnderLoad(String name, int times, Duration every, Duration pause)
            throws InterruptedException {
        String offering = new Scripts(name, installation()).create(MIDDLING).offer(api());
        try (Load load = new Load(api(), offering, every)) {
            reload(times, pause);
            return load.end();
        }
    }

    private void assertEachRanOnce(List<Placed> placed) {
        for (Placed one : placed) {
            JsonObject run = api().ended(one.run());
            assertThat(run.getString("state")).as("%s", run).isEqualTo("SUCCEEDED");
            assertRanOnce(one.run());
        }
        assertNothingIsLeft();
    }

    private void awaitOneLoaderForEachPlugin(HostJvm jvm) throws InterruptedException {
        host().live(GRACE);
        int plugins = api().get("/plugins").getJsonArray("items").size();
        Await.until(
                () -> "%d class loaders to become one for each of %d plugins: %s"
                        .formatted(jvm.pluginLoaders(), plugins, loaders()),
                () -> jvm.pluginLoaders() == plugins);
    }

    private JsonObject loaders() {
        return api().get("/plugins/custom-scripts").getJsonObject("class_loaders");
    }

    @Test
    void tenReloadsUnderLoadLeaveNothing() throws Exception {
        List<Placed> placed = reloadUnderLoad("few", 10, Duration.ofMillis(300), Duration.ofMillis(300));

        assertEachRanOnce(placed);
        try (HostJvm jvm = new HostJvm(host().pid())) {
            awaitOneLoaderForEachPlugin(jvm);
        }
        assertThat(loaders().getInteger("leaked")).isZero();
    }

    @Test
    @Tag("long")
    void twoHundredReloadsUnderLoadLeaveNothing() throws Exception {
        assertEachRanOnce(reloadUnderLoad("warm-up", 20, Duration.ofMillis(700), Duration.ofSeconds(1)));
        try (HostJvm jvm = new HostJvm(host().pid())) {
            awaitOneLoaderForEachPlugin(jvm);
            long metaspace = jvm.metaspaceBytes();
            List<String> threads = jvm.threads();

            List<Placed> placed = reloadUnderLoad("many", 200, Duration.ofMillis(700), Duration.ofSeconds(2));

            assertEachRanOnce(placed);
            awaitOneLoaderForEachPlugin(jvm);
            long metaspaceAfter = jvm.metaspaceBytes();
            List<String> threadsAfter = jvm.threads();
            System.out.printf(
                    "Soak: 200 reloads, %d orders in %s; metaspace %d to %d KiB, threads %d to %d, %s%n",
                    placed.size(),
                    where(),
                    metaspace >> 10,
                    metaspaceAfter >> 10,
                    threads.size(),
                    threadsAfter.size(),
                    loaders());
            assertThat(metaspaceAfter - metaspace).as("metaspace, bytes more").isLessThan(MOST_METASPACE);
            assertThat(threadsAfter)
                    .as("threads, which were %s", threads)
                    .hasSizeLessThanOrEqualTo(threads.size() + MOST_THREADS_MORE);
            assertThat(loaders().getInteger("leaked")).isZero();
            assertThat(loaders().getInteger("collected")).isGreaterThanOrEqualTo(220);
        }
    }
}
