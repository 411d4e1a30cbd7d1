package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
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

    private JsonObject customScripts() {
        return api().get("/plugins/custom-scripts");
    }

    /** The real jar with other bytes, as its next release would have. */
    private static void dropNextRelease(Path directory, String release) throws IOException {
        Path part = directory.resolve(".next.part");
        try (ZipFile jar = new ZipFile(Repository.CUSTOM_SCRIPTS.toFile());
                ZipOutputStream next = new ZipOutputStream(Files.newOutputStream(part))) {
            for (ZipEntry entry : jar.stream().toList()) {
                next.putNextEntry(new ZipEntry(entry.getName()));
                jar.getInputStream(entry).transferTo(next);
            }
            next.putNextEntry(new ZipEntry("META-INF/release"));
            next.write(release.getBytes(StandardCharsets.UTF_8));
        }
        Files.move(part, directory.resolve("custom-scripts.jar"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void scriptThatRunsWhileItsPluginIsReplacedRunsOnceAndWaitingOnesRunAfterwards() throws IOException {
        String waits =
                new Scripts("waits", installation()).create(Scripts.WAITS).offer(api());
        String quick =
                new Scripts("quick", installation()).create(Scripts.QUICK).offer(api());
        Placed running = api().create(waits, "running");
        awaitBegun(running.run());
        String before = customScripts().getString("sha256");

        dropNextRelease(plugins(installation()), UUID.randomUUID().toString());
        List<Placed> meanwhile = new ArrayList<>();
        Await.until("the next release to run", () -> {
            meanwhile.add(api().create(quick, "meanwhile-" + meanwhile.size()));
            JsonObject now = customScripts();
            return now.getString("state").equals("ACTIVE")
                    && !now.getString("sha256").equals(before);
        });
        installation().letGo(running.run());

        meanwhile.add(running);
        for (Placed placed : meanwhile) {
            assertThat(api().ended(placed.run()).getString("state")).isEqualTo("SUCCEEDED");
            assertRanOnce(placed.run());
        }
        assertThat(api().outputOf(running.run()).getString("stdout")).isEqualTo("begun\nid-running\n");
        assertThat(customScripts().getString("previous_sha256")).isEqualTo(before);
        assertNothingIsLeft();
    }

    @Test
    void scriptsUnderWayWhileTheirPluginIsReloadedAgainAndAgainRunOnce() {
        String quick =
                new Scripts("reloaded", installation()).create(Scripts.QUICK).offer(api());
        List<Placed> placed = new ArrayList<>();
        for (int reload = 0; reload < 8; reload++) {
            for (int i = 0; i < 3; i++) {
                placed.add(api().create(quick, "reloaded-" + placed.size()));
            }
            assertThat(api().post("/plugins/custom-scripts/reload", null).getString("state"))
                    .isEqualTo("ACTIVE");
        }

        for (Placed one : placed) {
            assertThat(api().ended(one.run()).getString("state")).isEqualTo("SUCCEEDED");
            assertRanOnce(one.run());
        }
        JsonObject counts = customScripts().getJsonObject("counts");
        assertThat(counts.getInteger("STOPPING")).isGreaterThanOrEqualTo(8);
        assertThat(counts.containsKey("FAILED")).isFalse();
        assertNothingIsLeft();
    }

    @Test
    void orderOfAPluginThatIsSwitchedOffWaitsUntilItIsSwitchedOn() {
        String quick =
                new Scripts("switched", installation()).create(Scripts.QUICK).offer(api());
        assertThat(api().post("/plugins/custom-scripts/disable", null).getString("state"))
                .isEqualTo("DISABLED");
        Placed placed = api().create(quick, "switched");
        host().stop();
        host().start();
        assertThat(customScripts().getString("state")).isEqualTo("DISABLED");
        assertThat(api().get("/runs/" + placed.run()).getString("state")).isEqualTo("PENDING");

        assertThat(api().post("/plugins/custom-scripts/enable", null).getString("state"))
                .isEqualTo("ACTIVE");
        assertThat(api().ended(placed.run()).getString("state")).isEqualTo("SUCCEEDED");
        assertRanOnce(placed.run());
    }
}
