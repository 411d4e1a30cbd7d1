package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that hold a thread and do not let go of it. */
class PluginStuckTest {

    private static final String DONE = "return Future.succeededFuture();";
    private static final String DEAF =
            "while (System.getProperty(\"greeter.lets.go\") == null) { try { Thread.sleep(20); } catch (InterruptedException deaf) { } }";

    private final PluginHost host;

    PluginStuckTest(@TempDir Path root) {
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        System.setProperty("greeter.lets.go", "");
        host.close();
        System.clearProperty("greeter.lets.go");
    }

    private static JarBuilder greeter(String version, String startBody) {
        return JarBuilder.plugin("greeter", startBody).descriptor(json -> json.put("version", version));
    }

    @Test
    void onePluginThatDoesNotLetGoIsStuckAndItsIdIsTaken() throws Exception {
        host.with(
                        "greeter.jar",
                        JarBuilder.plugin("greeter", DONE, "public Future<?> stop() { " + DEAF + " return null; }"))
                .with("other.jar", JarBuilder.plugin("other", DONE))
                .started();

        host.drop("greeter.jar", greeter("2.0.0", DONE));
        JsonObject entry = host.reached("greeter.jar", "STUCK");

        assertThat(entry.getString("version")).isEqualTo("1.0.0");
        assertThat(entry.getString("reason"))
                .contains("Cannot stop plugin 'greeter'", "until the host is started again");
        assertThat(entry.getString("stack")).contains("plugin-greeter-1-", "example.Main.stop");

        host.drop("greeter.jar", greeter("3.0.0", DONE));
        assertThat(host.reached("greeter.jar", it -> it.getString("reason").contains("3.0.0"))
                        .getString("state"))
                .isEqualTo("STUCK");
        host.drop("other.jar", JarBuilder.plugin("other", DONE).descriptor(json -> json.put("version", "2.0.0")));
        host.reached("other.jar", "2.0.0", "ACTIVE");
    }

    @Test
    void aStartThatHoldsItsThreadIsToldWithItsStack() throws Exception {
        host.with("greeter.jar", greeter("1.0.0", DEAF + " return null;")).started();

        JsonObject entry = host.entry("greeter.jar");
        assertThat(entry.getString("state")).isEqualTo("STUCK");
        assertThat(entry.getString("reason")).contains("it did not answer within");
        assertThat(entry.getString("stack")).contains("example.Main.start");
    }

    @Test
    void pluginsThatBlockTheirEventLoopDoNotBlockTheHost() throws Exception {
        for (int i = 0; i < 6; i++) {
            host.with(
                    "blocks-" + i + ".jar",
                    JarBuilder.plugin("blocks-" + i, DEAF + " return null;")
                            .descriptor(json -> json.put("threading", "event-loop")));
        }
        host.started();

        assertThat(host.states())
                .hasSize(6)
                .contains("STUCK")
                .containsAnyOf("STUCK", "FAILED")
                .doesNotContain("ACTIVE");
        host.drop("greeter.jar", greeter("1.0.0", DONE));
        host.reached("greeter.jar", "ACTIVE");
        assertThat(host.reconciler.describe().toString()).contains("vert.x-eventloop-thread-", "example.Main.start");
    }
}
