package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.Plugin;
import io.factotum.host.plugin.HostVersions.Line;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published JSON Schema and the host say the same of descriptors. */
class DescriptorSchemaTest {

    private static final HostVersions HOST = new HostVersions(new Line(1, 2), new Line(5, 0));
    private static final JsonObject SCHEMA = read();

    private static JsonObject read() {
        try (InputStream in = Plugin.class.getResourceAsStream("plugin.schema.json")) {
            return new JsonObject(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static boolean isValid(JsonObject descriptor) {
        return Validator.create(
                        JsonSchema.of(SCHEMA.copy()),
                        new JsonSchemaOptions().setDraft(Draft.DRAFT202012).setBaseUri("urn:factotum:test"))
                .validate(descriptor.copy())
                .getValid();
    }

    private static boolean isAccepted(JsonObject descriptor) {
        try {
            PluginDescriptor.read(descriptor, HOST);
            return true;
        } catch (RejectedJarException rejected) {
            return false;
        }
    }

    private static JsonObject with(String change) {
        return new JsonObject()
                .put("id", "greeter")
                .put("version", "1.4.0")
                .put("api", "1.2")
                .put("vertx", "5.0")
                .put("main", "com.example.Greeter")
                .mergeIn(new JsonObject(change));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'version': '1.4.0-rc.1+7'}",
                "{'threading': 'event-loop', 'workerPool': {'size': 9}, 'required': true, 'after': ['custom-scripts']}",
                "{'description': 'x', 'vendor': 'x', 'license': 'x', 'homepage': 'x', 'settingsSchema': 'a.json'}",
                "{'of-tomorrow': 1}"
            })
    void whatTheSchemaAllowsIsAccepted(String change) {
        JsonObject descriptor = with(change.replace('\'', '"'));
        assertThat(isValid(descriptor)).isTrue();
        assertThat(isAccepted(descriptor)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id': 'Greeter'}",
                "{'id': 'g'}",
                "{'id': 5}",
                "{'id': null}",
                "{'version': '1.4'}",
                "{'version': '01.4.0'}",
                "{'api': '1'}",
                "{'api': 1.2}",
                "{'vertx': '5.0.10'}",
                "{'main': 'Greeter'}",
                "{'threading': 'virtual'}",
                "{'workerPool': {'size': 0}}",
                "{'workerPool': {'size': 1001}}",
                "{'workerPool': 4}",
                "{'required': 'yes'}",
                "{'after': 'custom-scripts'}",
                "{'after': ['Custom']}",
                "{'after': [1]}",
                "{'settingsSchema': true}",
                "{'description': 1}"
            })
    void whatTheSchemaForbidsIsRejected(String change) {
        JsonObject descriptor = with(change.replace('\'', '"'));
        assertThat(isValid(descriptor)).isFalse();
        assertThat(isAccepted(descriptor)).isFalse();
    }

    @Test
    void everyKeyThatMustBeThereIsAskedForByBoth() {
        for (Object key : SCHEMA.getJsonArray("required")) {
            JsonObject descriptor = with("{}");
            descriptor.remove(String.valueOf(key));
            assertThat(isValid(descriptor)).isFalse();
            assertThat(isAccepted(descriptor)).isFalse();
        }
    }

    @Test
    void docsTellEachKey() throws IOException {
        String docs = Files.readString(Path.of("../docs/plugin-guide.md"));
        for (String key : new TreeSet<>(SCHEMA.getJsonObject("properties").fieldNames())) {
            assertThat(docs).contains("`" + key + "`");
        }
    }

    @Test
    void ourOwnPluginKeepsToIt() throws IOException {
        assertThat(isValid(new JsonObject(
                        Files.readString(Path.of("../plugin-custom-scripts/src/main/resources/META-INF/plugin.json")))))
                .isTrue();
        assertThat(SCHEMA.getJsonArray("required"))
                .isInstanceOf(JsonArray.class)
                .hasSize(5);
    }
}
