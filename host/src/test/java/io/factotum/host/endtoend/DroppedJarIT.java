package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that arrives while the host runs. */
class DroppedJarIT extends EndToEnd {

    DroppedJarIT() {
        super(Where.PROCESS);
    }

    private static Path plugins(Installation installation) {
        return installation.home().resolve("plugins-dir");
    }

    @Override
    void configure(Installation installation) throws IOException {
        Path directory = Files.createDirectories(plugins(installation));
        Files.copy(Repository.CUSTOM_SCRIPTS, directory.resolve("custom-scripts.jar"));
        installation.with("plugins.directory", directory.toString());
    }

    @Test
    void offeringOfAPluginThatIsDroppedWhileTheHostRunsCanBeOrdered(@TempDir Path work) throws IOException {
        JsonObject offering = new JsonObject().put("name", "little").put("type", TinyPlugin.ID);
        assertThat(api().status("/offerings", offering))
                .as("status while no plugin serves it")
                .isBetween(400, 499);

        TinyPlugin.dropInto(plugins(installation()), work);
        Await.until("the plugin to be served", () -> api().get("/plugins").getJsonArray("items").stream()
                .map(JsonObject.class::cast)
                .anyMatch(plugin ->
                        TinyPlugin.ID.equals(plugin.getString("id")) && "ACTIVE".equals(plugin.getString("state"))));
        api().post("/offerings", offering);
        Placed placed = api().create(new JsonObject().put("offering", "little").put("name", "box"));
        api().ended(placed.run());
        assertThat(api().resource(placed).getString("state")).isEqualTo("OK");
        assertThat(api().resource(placed).getString("backend_id")).isEqualTo("tiny-box");
    }
}
