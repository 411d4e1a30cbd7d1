package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static io.factotum.host.plugin.PluginHost.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginManagementTest {

    private static final String ANSWERS =
            "context.vertx().eventBus().consumer(\"version\", m -> m.reply(context.version() + context.config().encode()));"
                    + " return Future.succeededFuture();";

    private final Path root;
    private PluginHost host;
    private PluginManagement management;

    PluginManagementTest(@TempDir Path root) {
        this.root = root;
        this.host = new PluginHost(root);
    }

    @BeforeEach
    void start() {
        management = host.reconciler.management();
        host.started();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static Buffer version(String version) {
        return version(version, ANSWERS);
    }

    private static Buffer version(String version, String startBody) {
        return Buffer.buffer(JarBuilder.plugin("greeter", startBody)
                .descriptor(json -> json.put("version", version))
                .bytes());
    }

    private String answering() {
        return await(host.vertx.eventBus().<String>request("version", "")).body();
    }

    private static Refusal refusal(io.vertx.core.Future<?> future) {
        return (Refusal) failure(future);
    }

    @Test
    void eachStepOnTheWayToServiceTellsItsReason() throws Exception {
        await(management.upload(version("1.0.0"), null));
        await(management.upload(version("2.0.0"), null));

        assertThat(await(management.get("greeter")).getJsonArray("history").stream()
                        .map(JsonObject.class::cast)
                        .map(step -> step.getString("state") + ": " + step.getString("reason", "")))
                .satisfiesExactly(
                        step -> assertThat(step).isEqualTo("STAGED: Its jar is checked and copied."),
                        step -> assertThat(step).startsWith("RESOLVED: Its configuration is checked"),
                        step -> assertThat(step).isEqualTo("STARTING: It is told to start."),
                        step -> assertThat(step).isEqualTo("ACTIVE: "),
                        step -> assertThat(step)
                                .startsWith("ACTIVE: greeter@2.0.0#")
                                .endsWith("is to take its place."),
                        step -> assertThat(step)
                                .startsWith("STOPPING: greeter@2.0.0#")
                                .endsWith("takes its place."),
                        step -> assertThat(step).startsWith("STARTING: It takes the place of greeter@1.0.0#"),
                        step -> assertThat(step).isEqualTo("ACTIVE: "));
    }

    @Test
    void anUploadedJarRunsAndLiesInTheDirectory() throws Exception {
        JsonObject plugin = await(management.upload(version("1.0.0"), null));

        assertThat(plugin.getString("state")).isEqualTo("ACTIVE");
        assertThat(plugin.getString("file")).isEqualTo("greeter.jar");
        assertThat(plugin.getString("api")).isEqualTo(HostVersions.API.toString());
        assertThat(host.plugins.resolve("greeter.jar"))
                .hasBinaryContent(version("1.0.0").getBytes());
        assertThat(answering()).isEqualTo("1.0.0{}");
        List<String> published = host.published("greeter");
        // The watch sees it too, and has nothing to do.
        host.drop("other.jar", JarBuilder.plugin("other", "return Future.succeededFuture();"));
        host.reached("other.jar", "ACTIVE");
        assertThat(published).isEmpty();
    }

    @Test
    void anUploadTakesThePlaceOfTheOneWithItsIdWhateverItsName() throws Exception {
        host.drop("any-name.jar", JarBuilder.plugin("greeter", ANSWERS));
        host.reached("any-name.jar", "ACTIVE");

        JsonObject plugin = await(management.upload(version("2.0.0"), null));

        assertThat(plugin.getString("version")).isEqualTo("2.0.0");
        assertThat(plugin.getString("file")).isEqualTo("any-name.jar");
        assertThat(plugin.getString("previous_sha256")).hasSize(64);
        assertThat(answering()).startsWith("2.0.0");
    }

    @Test
    void anUploadThatIsNoPluginChangesNothing() throws Exception {
        await(management.upload(version("1.0.0"), null));

        assertThat(refusal(management.upload(Buffer.buffer("no zip"), null))
                        .faults()
                        .get(0)
                        .message())
                .contains("Expected a whole zip file");
        Refusal refused = refusal(management.upload(
                Buffer.buffer(JarBuilder.plugin("greeter", ANSWERS)
                        .descriptor(json -> json.put("api", "9.9").put("version", "one"))
                        .bytes()),
                null));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.faults()).hasSize(2);
        assertThat(host.plugins.resolve("greeter.jar"))
                .hasBinaryContent(version("1.0.0").getBytes());
        assertThat(answering()).startsWith("1.0.0");
    }

    @Test
    void anUploadThatFailsIsToldAndTheOneBeforeRuns() {
        await(management.upload(version("1.0.0"), null));

        JsonObject plugin = await(management.upload(version("2.0.0", "return null;"), null));

        assertThat(plugin.getString("state")).isEqualTo("ACTIVE");
        assertThat(plugin.getString("version")).isEqualTo("1.0.0");
        assertThat(plugin.getJsonObject("rolled_back_from").getString("version"))
                .isEqualTo("2.0.0");
        assertThat(plugin.getString("reason")).contains("it returned null");
    }

    @Test
    void aDisabledPluginStaysOffUntilItIsEnabled() throws Exception {
        await(management.upload(version("1.0.0"), null));

        assertThat(await(management.disable("greeter")).getString("state")).isEqualTo("DISABLED");
        assertThat(host.vertx.deploymentIDs()).isEmpty();
        assertThat(await(management.upload(version("2.0.0"), null)).getString("state"))
                .isEqualTo("DISABLED");
        assertThat(refusal(management.reload("greeter")).status()).isEqualTo(409);
        assertThat(refusal(management.retry("greeter")).getMessage()).contains("it is DISABLED. Enable it.");

        JsonObject enabled = await(management.enable("greeter"));
        assertThat(enabled.getString("state")).isEqualTo("ACTIVE");
        assertThat(enabled.getString("version")).isEqualTo("2.0.0");
        assertThat(await(management.enable("greeter")).getString("state")).isEqualTo("ACTIVE");
    }

    @Test
    void whatIsSwitchedThroughAnotherHostIsFollowedHere() {
        await(management.upload(version("1.0.0"), null));

        await(host.documents(PluginSwitches.NAMESPACE).put("greeter", new JsonObject().put("disabled", true)));
        host.reached("greeter.jar", "DISABLED");
        await(host.documents(PluginSwitches.NAMESPACE).delete("greeter"));
        host.reached("greeter.jar", "ACTIVE");

        assertThat(host.meters.scrape())
                .contains("factotum_plugin_transitions_total{plugin=\"greeter\",state=\"DISABLED\"} 1.0")
                .contains("factotum_plugin_leaked_class_loaders 0.0");
    }

    @Test
    void aReloadReadsTheConfigurationAnew() throws Exception {
        await(management.upload(version("1.0.0"), null));
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: loud\n");

        JsonObject plugin = await(management.reload("greeter"));

        assertThat(plugin.getString("state")).isEqualTo("ACTIVE");
        assertThat(answering()).isEqualTo("1.0.0{\"voice\":\"loud\"}");
        assertThat(plugin.getJsonObject("config")).isEqualTo(new JsonObject().put("voice", "loud"));
    }

    @Test
    void aReloadWithABadConfigurationLeavesThePluginAsItWas() throws Exception {
        await(management.upload(version("1.0.0"), null));
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: ${env:FACTOTUM_TEST_NEVER_SET}\n");

        JsonObject plugin = await(management.reload("greeter"));

        assertThat(plugin.getString("state")).isEqualTo("ACTIVE");
        assertThat(plugin.getString("reason")).contains("cannot resolve voice");
        assertThat(answering()).isEqualTo("1.0.0{}");
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: loud\n");
        assertThat(await(management.retry("greeter")).containsKey("reason")).isFalse();
        assertThat(answering()).isEqualTo("1.0.0{\"voice\":\"loud\"}");
    }

    @Test
    void secretsOfTheConfigurationAreNotShown() throws Exception {
        Path secret = Files.writeString(root.resolve("secret"), "s3cret");
        Files.writeString(
                host.conf.resolve("greeter.yaml"),
                "key: ${file:%s}\nvoices: [low, 'x${file:%s}']\nregistry: {password: plain, user: me}\n"
                        .formatted(secret, secret));

        JsonObject plugin = await(management.upload(version("1.0.0"), null));

        assertThat(answering()).contains("s3cret", "plain");
        assertThat(plugin.getJsonObject("config"))
                .isEqualTo(
                        new JsonObject(
                                "{\"key\": \"***\", \"voices\": [\"low\", \"***\"], \"registry\": {\"password\": \"***\", \"user\": \"me\"}}"));
        assertThat(plugin.encode()).doesNotContain("s3cret", "plain\"");
    }

    @Test
    void aRollbackRunsTheJarBeforeAndPutsItIntoTheDirectory() throws Exception {
        await(management.upload(version("1.0.0"), null));
        await(management.upload(version("2.0.0"), null));

        JsonObject plugin = await(management.rollBack("greeter"));

        assertThat(plugin.getString("version")).isEqualTo("1.0.0");
        assertThat(plugin.containsKey("rolled_back_from")).isFalse();
        assertThat(answering()).startsWith("1.0.0");
        assertThat(host.plugins.resolve("greeter.jar"))
                .hasBinaryContent(version("1.0.0").getBytes());
        await(host.reconciler.stop());
        await(host.vertx.close());

        host = new PluginHost(root).started();
        assertThat(answering()).startsWith("1.0.0");
        assertThat(await(host.reconciler.management().rollBack("greeter")).getString("version"))
                .isEqualTo("2.0.0");
    }

    @Test
    void aRollbackWithNothingToGoBackToIsRefused() {
        await(management.upload(version("1.0.0"), null));

        assertThat(refusal(management.rollBack("greeter")).getMessage())
                .contains("There is no other jar of it that has run well here");
    }

    @Test
    void aRetryTriesWhatFailedAgain() throws Exception {
        JsonObject failed = await(management.upload(
                version(
                        "1.0.0",
                        "return context.config().isEmpty() ? Future.failedFuture(\"no voice\") : Future.succeededFuture();"),
                null));
        assertThat(failed.getString("state")).isEqualTo("FAILED");
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: loud\n");

        assertThat(await(management.retry("greeter")).getString("state")).isEqualTo("ACTIVE");
        assertThat(refusal(management.retry("greeter")).getMessage()).contains("it is ACTIVE. Reload it.");
    }

    @Test
    void aRemovedPluginIsUnloadedAndItsJarGoneAndItMayComeBack() throws Exception {
        await(management.upload(version("1.0.0"), null));

        await(management.remove("greeter"));

        assertThat(host.plugins.resolve("greeter.jar")).doesNotExist();
        assertThat(host.reconciler.describe()).isEmpty();
        assertThat(host.vertx.deploymentIDs()).isEmpty();
        assertThat(refusal(management.get("greeter")).status()).isEqualTo(404);
        assertThat(refusal(management.remove("greeter")).status()).isEqualTo(404);

        Files.write(host.plugins.resolve("greeter.jar"), version("1.0.0").getBytes());
        host.reached("greeter.jar", "ACTIVE");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsTold() throws Exception {
        Path kept = Files.write(root.resolve("kept.jar"), version("1.0.0").getBytes());
        Files.createSymbolicLink(host.plugins.resolve("greeter.jar"), kept);
        host.reached("greeter.jar", "ACTIVE");

        Refusal refused = refusal(management.upload(version("2.0.0"), null));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.getMessage()).contains("Cannot change 'greeter.jar'", "symbolic link");
        assertThat(answering()).startsWith("1.0.0");
    }
}
