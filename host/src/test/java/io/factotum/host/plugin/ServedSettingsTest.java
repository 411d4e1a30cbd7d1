package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static io.factotum.host.plugin.PluginHost.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of an offering, checked by the plugin that serves its type. */
class ServedSettingsTest {

    private final PluginHost host;

    ServedSettingsTest(@TempDir Path root) {
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void settingsAreCheckedByTheSchemaFirst() throws Exception {
        host.with("greeter.jar", ServingPlugin.jar("greeter").entry("META-INF/settings.schema.json", """
                                        {"type": "object", "required": ["language"],
                                         "properties": {"language": {"type": "string"}, "boom": {"type": "boolean"}}}
                                        """))
                .started();

        CheckedSettings checked = await(host.reconciler
                .served("greeter")
                .orElseThrow()
                .check(new JsonObject().put("language", 5).put("boom", "no"), new JsonObject()));

        assertThat(checked.faults()).extracting(Fault::pointer).containsExactlyInAnyOrder("/language", "/boom");
    }

    @Test
    void settingsThatTheSchemaPassesAreCheckedByThePlugin() throws Exception {
        host.with("greeter.jar", ServingPlugin.jar("greeter")).started();
        ServedType type = host.reconciler.served("greeter").orElseThrow();
        JsonObject settings = new JsonObject().put("language", "shell");

        CheckedSettings checked = await(type.check(settings, new JsonObject().put("old", 1)));

        assertThat(checked.faults()).isEmpty();
        assertThat(checked.sealed())
                .isEqualTo(new JsonObject().put("language", "shell").put("stored", new JsonObject().put("old", 1)));
        assertThat(settings).as("what the caller keeps").isEqualTo(new JsonObject().put("language", "shell"));
        assertThat(await(type.redact(new JsonObject().put("a", 1).put("b", 2))))
                .isEqualTo(new JsonObject().put("shown", 2));
    }

    @Test
    void aCheckThatThrowsOrAnswersNullIsAFailedFuture() throws Exception {
        host.with("greeter.jar", ServingPlugin.jar("greeter")).started();
        ServedType type = host.reconciler.served("greeter").orElseThrow();

        assertThat(failure(type.check(new JsonObject().put("boom", true), new JsonObject())))
                .hasMessage("Cannot check settings of type 'greeter': java.lang.IllegalStateException: boom")
                .hasNoCause();
        assertThat(failure(type.check(new JsonObject().put("null", true), new JsonObject())))
                .hasMessageContaining("it returned null");
    }

    @Test
    void aCheckAnswersOnTheCallersContext() throws Exception {
        host.with("greeter.jar", ServingPlugin.jar("greeter")).started();
        ServedType type = host.reconciler.served("greeter").orElseThrow();
        Context caller = host.vertx.getOrCreateContext();
        Promise<Boolean> onCallers = Promise.promise();

        caller.runOnContext(ignored -> type.redact(new JsonObject())
                .onComplete(answer ->
                        onCallers.complete(Context.isOnEventLoopThread() && caller.equals(Vertx.currentContext()))));

        assertThat(await(onCallers.future())).isTrue();
    }
}
