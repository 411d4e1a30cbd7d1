package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.host.plugin.HostVersions.Line;
import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginDescriptorTest {

    private static final HostVersions HOST = new HostVersions(new Line(1, 3), new Line(5, 0));

    private static JsonObject complete() {
        return new JsonObject()
                .put("id", "greeter")
                .put("version", "1.4.0-rc.1+7")
                .put("api", "1.2")
                .put("vertx", "5.0")
                .put("main", "com.example.Greeter");
    }

    @Test
    void whatIsLeftOutHasDefaults() throws Exception {
        PluginDescriptor descriptor = PluginDescriptor.read(complete(), HOST);

        assertThat(descriptor)
                .isEqualTo(new PluginDescriptor(
                        "greeter",
                        "1.4.0-rc.1+7",
                        "1.2",
                        "com.example.Greeter",
                        ThreadingModel.WORKER,
                        4,
                        new PluginDescriptor.SchemaEntry("settingsSchema", "META-INF/settings.schema.json", false),
                        new PluginDescriptor.SchemaEntry("configSchema", "META-INF/config.schema.json", false),
                        false,
                        List.of(),
                        ""));
    }

    @Test
    void whatIsSaidHolds() throws Exception {
        JsonObject json = complete()
                .put("threading", "event-loop")
                .put("workerPool", new JsonObject().put("size", 9))
                .put("settingsSchema", "schema.json")
                .put("required", true)
                .put("after", new JsonArray().add("waiter"))
                .put("description", "Greets")
                .put("vendor", "Example")
                .put("of-tomorrow", "unknown keys are no fault");

        PluginDescriptor descriptor = PluginDescriptor.read(json, HOST);

        assertThat(descriptor.after()).containsExactly("waiter");

        assertThat(descriptor.threading()).isEqualTo(ThreadingModel.EVENT_LOOP);
        assertThat(descriptor.workerPoolSize()).isEqualTo(9);
        assertThat(descriptor.settingsSchema())
                .isEqualTo(new PluginDescriptor.SchemaEntry("settingsSchema", "schema.json", true));
        assertThat(descriptor.required()).isTrue();
        assertThat(descriptor.description()).isEqualTo("Greets");
    }

    @Test
    void allFaultsAreToldAtOnce() {
        JsonObject json = new JsonObject()
                .put("id", "Not An Id")
                .put("version", "1.4")
                .put("api", "2.0")
                .put("vertx", "4.5")
                .put("threading", "virtual")
                .put("workerPool", new JsonObject().put("size", 0))
                .put("required", "yes")
                .put("description", 5);

        assertThatThrownBy(() -> PluginDescriptor.read(json, HOST))
                .isInstanceOf(RejectedJarException.class)
                .message()
                .satisfies(message -> assertThat(message.lines()).hasSize(9))
                .contains("id 'Not An Id'")
                .contains("version '1.4'")
                .contains("api '2.0': this host has plugin-api 1.3")
                .contains("vertx '4.5': this host runs Vert.x 5.0")
                .contains("'main': it is missing")
                .contains("threading 'virtual'")
                .contains("workerPool.size '0'")
                .contains("required 'yes'")
                .contains("description '5'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "9lives", "Upper", "under_score", "a/../../b", "-dash", ""})
    void anIdThatIsNoPlainWordIsRefused(String id) {
        assertThatThrownBy(() -> PluginDescriptor.read(complete().put("id", id), HOST))
                .isInstanceOf(RejectedJarException.class)
                .hasMessageContaining("id '%s'", id);
    }

    @ParameterizedTest
    @CsvSource({
        "1.3, 1.3, true",
        "1.3, 1.0, true",
        "1.3, 1.4, false",
        "1.3, 0.3, false",
        "1.3, 2.0, false",
        "0.1, 0.1, true",
        "0.2, 0.1, false",
        "0.1, 0.2, false"
    })
    void aPluginMayBeOlderThanTheHostButNotBeforeOneDotZero(String host, String plugin, boolean accepted) {
        HostVersions versions = new HostVersions(Line.startOf(host), new Line(5, 0));

        assertThat(versions.accepts(Line.startOf(plugin))).isEqualTo(accepted);
    }

    @Test
    void theHostsOwnLinesAreThoseOfTheBuild() throws Exception {
        String pom = Files.readString(Path.of("..", "pom.xml"));
        Matcher version = Pattern.compile("<artifactId>factotum</artifactId>\\s*<version>([^<]+)<")
                .matcher(pom);
        Matcher vertx = Pattern.compile("<vertx.version>([^<]+)<").matcher(pom);

        assertThat(version.find()).isTrue();
        assertThat(vertx.find()).isTrue();
        assertThat(HostVersions.current())
                .isEqualTo(new HostVersions(Line.startOf(version.group(1)), Line.startOf(vertx.group(1))));
    }
}
