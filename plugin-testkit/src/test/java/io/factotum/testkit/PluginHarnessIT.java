package io.factotum.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.lifecycle.EventType;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a test of a good plugin can do. That it leaks nothing is seen after each. */
class PluginHarnessIT {

    private static final Path JARS = directory();

    @RegisterExtension
    static final PluginHarness plugin =
            PluginHarness.ofJar(guest("guest", "")).config("greeting: welcome").hostSetting("lifecycle.slots", 3);

    private static Path directory() {
        try {
            return Files.createTempDirectory(Path.of("target"), "guests");
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static Path guest(String name, String startBody) {
        try {
            return GuestJar.make(JARS, name, startBody, "");
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void resourceIsOrderedPulledUpdatedAndTerminated() {
        JsonObject offering = plugin.offer(new JsonObject());
        assertThat(offering.getString("type")).isEqualTo("guest");

        EndedRun created = plugin.order(offering, "home").succeeded();
        assertThat(created.resource().getString("state")).isEqualTo("OK");
        assertThat(created.resource().getString("backend_id")).isEqualTo("welcome home");
        assertThat(plugin.pull(created.resourceId()).succeeded().run().getString("event_type"))
                .isEqualTo("pull");
        EndedRun ended = plugin.terminate(created.resourceId()).succeeded();
        assertThat(ended.resource().getString("state")).isEqualTo("TERMINATED");
    }

    @Test
    void requestOnTheBusIsAnsweredWithTheResult() {
        JsonObject offering = plugin.offer(new JsonObject());
        JsonObject reply = plugin.request(
                EventType.CREATE,
                new JsonObject()
                        .put(
                                "data",
                                new JsonObject()
                                        .put("offering", offering.getString("uuid"))
                                        .put("name", "bus")));
        assertThat(reply.getString("outcome")).isEqualTo("succeeded");
        assertThat(reply.getString("backend_id")).isEqualTo("welcome bus");
    }

    @Test
    void configurationOfATestHoldsForThatTestAlone() throws IOException {
        assertThat(plugin.plugin().getJsonObject("config").getString("greeting"))
                .isEqualTo("welcome");
        plugin.configure("greeting: good bye");
        assertThat(plugin.plugin().getJsonObject("config").getString("greeting"))
                .isEqualTo("good bye");
    }

    @Test
    void configurationOfTheHarnessIsThereInEachTest() {
        assertThat(plugin.plugin().getJsonObject("config").getString("greeting"))
                .isEqualTo("welcome");
        assertThat(plugin.reload().getJsonObject("config").getString("greeting"))
                .isEqualTo("welcome");
    }

    @Test
    void jarThatDoesNotStartInItsPlaceIsToldWithTheReason() throws IOException {
        Path broken = guest("broken", "if (true) { throw new IllegalStateException(\"no voice\"); }");
        assertThatThrownBy(() -> plugin.replaceWith(broken))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no voice");
        assertThat(plugin.state()).isEqualTo("ACTIVE");
    }

    @Test
    void refusalOfTheHostIsTold() {
        assertThatThrownBy(() -> plugin.offer(new JsonObject().put("colour", "red")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("400")
                .hasMessageContaining("colour");
        assertThat(plugin.http("GET", "/api/v1/runs/none").statusCode()).isBetween(400, 499);
    }
}
