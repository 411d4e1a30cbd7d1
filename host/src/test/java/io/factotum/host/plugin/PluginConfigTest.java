package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static io.factotum.host.plugin.PluginHost.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.Refusal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin's configuration: checked by the schema of its jar, and changed over HTTP. */
class PluginConfigTest {

    private final Path root;
    private final PluginHost host;

    PluginConfigTest(@TempDir Path root) {
        this.root = root;
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static JarBuilder plugin(String startBody) {
        return JarBuilder.plugin("greeter", startBody);
    }

    private void runs(JarBuilder jar) throws Exception {
        host.with("greeter.jar", jar).started();
        host.reached("greeter.jar", "ACTIVE");
    }

    @Test
    void theConfigurationIsCheckedByTheSchemaOfTheJarAndItsSecretsAreNotShown() throws Exception {
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: loud\npin: 1234\n");
        String schema =
                "{\"properties\": {\"voice\": {\"type\": \"string\"}, \"pin\": {\"type\": \"integer\", \"writeOnly\": true}},"
                        + " \"additionalProperties\": false}";
        runs(plugin("return Future.succeededFuture();").entry("META-INF/config.schema.json", schema));
        PluginManagement management = host.reconciler.management();

        assertThat(await(management.get("greeter")).getJsonObject("config").encode())
                .isEqualTo("{\"voice\":\"loud\",\"pin\":\"***\"}");
        assertThat(management.configSchema("greeter").getJsonObject("properties"))
                .hasSize(2);

        Refusal refused = (Refusal)
                failure(management.configure("greeter", new JsonObject("{\"voice\": 1, \"volume\": 2}"), true));
        assertThat(refused.faults().toString()).contains("/voice", "/volume");
        JsonObject same = new JsonObject("{\"voice\": \"low\", \"pin\": \"***\"}");
        assertThat(await(management.configure("greeter", same, true)).encode())
                .isEqualTo("{\"config\":{\"voice\":\"low\",\"pin\":\"***\"}}");
        assertThat(Files.readString(host.conf.resolve("greeter.yaml"))).contains("loud");

        assertThat(await(management.configure("greeter", same, false)).getString("state"))
                .isEqualTo("ACTIVE");
        assertThat(Files.readString(host.conf.resolve("greeter.yaml"))).contains("low", "1234");
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: [1]\n");
        assertThat(await(management.reload("greeter")).getString("reason")).contains("greeter.yaml: cannot use /voice");
    }

    @Test
    void aConfigurationThatThePluginDoesNotStartWithIsTakenBack() throws Exception {
        Files.writeString(host.conf.resolve("greeter.yaml"), "# mine\nvoice: loud\n");
        runs(plugin("return context.config().getString(\"voice\").equals(\"loud\")"
                + " ? Future.succeededFuture() : Future.failedFuture(\"too quiet\");"));
        PluginManagement management = host.reconciler.management();

        Refusal refused =
                (Refusal) failure(management.configure("greeter", new JsonObject().put("voice", "low"), false));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.getMessage()).contains("it runs with the one before", "too quiet");
        assertThat(host.conf.resolve("greeter.yaml")).hasContent("# mine\nvoice: loud\n");
        JsonObject now = await(management.get("greeter"));
        assertThat(now.getString("state")).isEqualTo("ACTIVE");
        assertThat(now.containsKey("rolled_back_from")).isFalse();
        assertThat(now.getString("reason")).contains("Another configuration was taken back", "too quiet");
    }

    @Test
    void aConfigurationOfAPluginThatFailedIsKeptWhateverComesOfIt() throws Exception {
        host.with("greeter.jar", plugin("return context.config().isEmpty() ? null : Future.succeededFuture();"))
                .started();
        host.reached("greeter.jar", "FAILED");

        JsonObject config = new JsonObject("{\"a\": {\"b\": [1, {\"c\": \"x\"}]}, \"d\": null}");
        JsonObject now = await(host.reconciler.management().configure("greeter", config, false));

        assertThat(now.getString("state")).isEqualTo("ACTIVE");
        assertThat(now.getJsonObject("config")).isEqualTo(config);
        assertThat(host.conf.resolve("greeter.yaml")).content().contains("a:\n  b:\n  - 1\n  - c: \"x\"\n");
    }

    @Test
    void aConfigurationFileThatSomebodyElseKeepsIsNotChanged() throws Exception {
        Path kept = Files.writeString(root.resolve("kept.yaml"), "voice: loud\n");
        Files.createSymbolicLink(host.conf.resolve("greeter.yaml"), kept);
        runs(plugin("return Future.succeededFuture();"));

        Refusal refused = (Refusal)
                failure(host.reconciler.management().configure("greeter", new JsonObject().put("voice", "low"), false));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.getMessage()).contains("symbolic link", "Change it where it is kept");
        assertThat(kept).hasContent("voice: loud\n");
    }
}
