package io.factotum.scripts.executor.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A watch tells of every event once, in order, whatever becomes of its connections. */
class WatchStreamTest extends OnClusterDouble {

    private static final int EVENTS = 3000;

    private final List<Integer> told = new CopyOnWriteArrayList<>();
    private final List<Throwable> breaks = new CopyOnWriteArrayList<>();
    private final UUID run = UUID.randomUUID();
    private ApiClient http;
    private WatchStream<PodSight> watch;

    @BeforeEach
    void open() throws Exception {
        http = new ApiClient(vertx, TestClusters.settings(directory, api.url(), "watch"));
        watch = new ClusterApi(http, "watch").watchPods(new WatchStream.Listener<>() {
            @Override
            public void changed(PodSight sight) {
                told.add(Integer.valueOf(sight.name().substring(4)));
            }

            @Override
            public void deleted(PodSight last) {
                told.add(-Integer.parseInt(last.name().substring(4)));
            }

            @Override
            public void broken(Throwable why) {
                breaks.add(why);
            }
        });
        http.onContext(() -> watch.open("100"));
    }

    @AfterEach
    void close() throws Exception {
        http.onContext(watch::close);
        await(http.close());
    }

    @Test
    void thousandsOfEventsOfManyBytesComeOnceAndInOrder() throws Exception {
        for (int i = 0; i < EVENTS; i++) {
            make(i, i % 100 == 0 ? 40_000 : 300);
            if (i % 500 == 250) {
                // As servers do now and then: nothing is lost, and nothing comes again.
                await(vertx.timer(1100, TimeUnit.MILLISECONDS));
                api.on(() -> api.watches.bookmark());
                api.endWatches(false);
            }
        }
        awaitTold(EVENTS);
        assertThat(told).containsExactlyElementsOf(numbers(EVENTS));
        assertThat(breaks).isEmpty();
    }

    @Test
    void connectionThatBreaksInTheMidstOfALineIsTold() throws Exception {
        make(1, 10);
        awaitTold(1);
        api.on(() -> api.watches.breakOff());
        awaitBreak();
        assertThat(watch.isOpen()).isFalse();
        make(2, 10);
        http.onContext(() -> watch.open("101"));
        awaitTold(2);
        assertThat(told).containsExactly(1, 2);
    }

    @Test
    void versionThatIsTooOldIsTold() throws Exception {
        make(1, 10);
        awaitTold(1);
        api.endWatches(true);
        awaitBreak();
        assertThat(ApiFault.status(breaks.get(0))).isEqualTo(410);
        assertThat(watch.isOpen()).isFalse();
    }

    @Test
    void watchThatIsRefusedIsTold() throws Exception {
        make(1, 10);
        awaitTold(1);
        api.failNext(1, "GET", "/pods", ApiServerDouble.status(403, "Forbidden", "pods is forbidden"));
        http.onContext(() -> {
            watch.close();
            watch.open("101");
        });
        awaitBreak();
        assertThat(ApiFault.status(breaks.get(0))).isEqualTo(403);
    }

    @Test
    void silenceOfADeadConnectionIsTold() throws Exception {
        make(1, 10);
        awaitTold(1);
        api.watches.silent = true;
        await(vertx.timer(50, TimeUnit.MILLISECONDS));
        http.onContext(() -> watch.checkWhetherAlive(Duration.ofMillis(10)));
        awaitBreak();
        assertThat(watch.isOpen()).isFalse();
    }

    private void make(int number, int size) {
        api.on(() -> api.create(
                "pods",
                new JsonObject()
                        .put(
                                "metadata",
                                new JsonObject()
                                        .put("name", "pod-" + number)
                                        .put(
                                                "labels",
                                                new JsonObject(Map.of(
                                                        JobRecipe.INSTALL_LABEL,
                                                        "watch",
                                                        JobRecipe.RUN_LABEL,
                                                        run.toString())))
                                        .put(
                                                "annotations",
                                                new JsonObject().put("text", "aé漢\uD83D\uDE00".repeat(size))))
                        .put("status", new JsonObject().put("phase", "Pending"))));
    }

    private void awaitTold(int count) throws Exception {
        while (told.size() < count) {
            await(vertx.timer(20, TimeUnit.MILLISECONDS));
        }
    }

    private void awaitBreak() throws Exception {
        while (breaks.isEmpty()) {
            await(vertx.timer(20, TimeUnit.MILLISECONDS));
        }
    }

    private static List<Integer> numbers(int count) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(i);
        }
        return all;
    }
}
