package ${package};

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.testkit.EndedRun;
import io.factotum.testkit.PluginHarness;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The jar in a real host: it is loaded before each test, and after it must leave nothing behind. */
class NotesPluginIT {

    @RegisterExtension
    static final PluginHarness plugin = PluginHarness.ofThisModule().config("longest-note: 40");

    private static JsonObject offering() {
        JsonObject characters = new JsonObject()
                .put("type", "characters")
                .put("unit", "characters")
                .put("billing", "usage");
        return plugin.offer(new JsonObject()
                .put("components", new JsonArray().add(characters))
                .put("settings", new JsonObject().put("heading", "Remember")));
    }

    private static EndedRun order(String text) {
        return plugin.order(new JsonObject()
                .put("offering", offering().getString("uuid"))
                .put("name", "a note")
                .put("attributes", new JsonObject().put("text", text)));
    }

    @Test
    void noteIsKeptCountedAndRemoved() {
        EndedRun created = order("milk").succeeded();
        assertThat(created.resource().getString("state")).isEqualTo("OK");
        String id = created.resourceId();

        plugin.pull(id).succeeded();
        JsonObject usage = plugin.get("/api/v1/resources/" + id + "/usages")
                .getJsonArray("items")
                .getJsonObject(0);
        assertThat(usage.getString("amount")).startsWith("14");

        EndedRun terminated = plugin.terminate(id).succeeded();
        assertThat(terminated.resource().getString("state")).isEqualTo("TERMINATED");
    }

    @Test
    void noteThatIsTooLongIsRefused() {
        EndedRun run = order("a very long list of very many things indeed");
        assertThat(run.state()).isEqualTo("FAILED");
        assertThat(run.message()).contains("at most 40");
    }

    @Test
    void offeringWithoutAHeadingIsRefused() {
        assertThatThrownBy(() -> plugin.offer(new JsonObject())).hasMessageContaining("heading");
    }

    @Test
    void misspeltConfigurationIsToldAndChangesNothing() {
        assertThatThrownBy(() -> plugin.configure("longest: 5")).hasMessageContaining("longest-note");
        assertThat(plugin.state()).isEqualTo("ACTIVE");
    }
}
