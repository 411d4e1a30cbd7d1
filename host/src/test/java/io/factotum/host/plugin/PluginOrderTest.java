package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which order plugins are started. */
class PluginOrderTest {

    private final PluginHost host;

    PluginOrderTest(@TempDir Path root) {
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void startsGoInTheOrderThatDescriptorsAskFor() throws Exception {
        host.vertx.eventBus().<String>consumer("started", message -> message.reply(""));
        String tells = "return tell(\"at\", System.nanoTime());";
        host.with(
                        "a.jar",
                        JarBuilder.plugin("first", tells)
                                .descriptor(json -> json.put(
                                        "after", new JsonArray().add("second").add("absent"))))
                .with(
                        "b.jar",
                        JarBuilder.plugin(
                                        "second",
                                        "return context.vertx().timer(100).compose(x -> tell(\"at\", System.nanoTime()));")
                                .descriptor(json -> json.put("after", new JsonArray().add("third"))))
                .with("c.jar", JarBuilder.plugin("third", tells))
                .started();

        assertThat(host.states()).hasSize(3).containsOnly("ACTIVE");
        List<Long> at = List.of("third", "second", "first").stream()
                .map(id -> (Long) host.documents(id).told("at"))
                .toList();
        assertThat(at).isSorted();
    }

    @Test
    void aRingOfPluginsIsStartedAllTheSame() throws Exception {
        for (int i : List.of(0, 1, 2)) {
            host.with(
                    "p" + i + ".jar",
                    JarBuilder.plugin("ring-" + i, "return Future.succeededFuture();")
                            .descriptor(json -> json.put("after", new JsonArray().add("ring-" + (i + 1) % 3))));
        }
        host.started();

        assertThat(host.states()).hasSize(3).containsOnly("ACTIVE");
    }
}
