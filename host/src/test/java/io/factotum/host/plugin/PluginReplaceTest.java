package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jars that are replaced and removed while the host runs. */
class PluginReplaceTest {

    private static final String ANSWERS =
            "context.vertx().eventBus().consumer(\"version\", m -> m.reply(context.version()));"
                    + " return tell(\"config\", context.config());";
    private static final String HANGS = "return Promise.promise().future();";

    private final Path root;
    private final PluginHost host;

    PluginReplaceTest(@TempDir Path root) {
        this.root = root;
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static JarBuilder version(String version, String startBody, String members) {
        return JarBuilder.plugin("greeter", startBody, members).descriptor(json -> json.put("version", version));
    }

    private static JarBuilder version(String version) {
        return version(version, ANSWERS, "");
    }

    private String answering() {
        return await(host.vertx.eventBus().<String>request("version", "")).body();
    }

    private List<String> history() {
        return await(host.reconciler.management().get("greeter")).getJsonArray("history").stream()
                .map(step -> ((JsonObject) step).getString("state") + " " + ((JsonObject) step).getString("version"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "event-loop"})
    void aChangedJarTakesThePlaceOfTheOneBefore(String threading) throws Exception {
        host.with("greeter.jar", version("1.0.0").descriptor(json -> json.put("threading", threading)))
                .with("other.jar", JarBuilder.plugin("other", "return tell(\"started\", System.nanoTime());"))
                .started();
        Object others = host.documents("other").told("started");
        List<String> published = host.published("greeter");

        host.drop("greeter.jar", version("2.0.0").descriptor(json -> json.put("threading", threading)));
        host.reached("greeter.jar", "2.0.0", "ACTIVE");

        assertThat(answering()).isEqualTo("2.0.0");
        assertThat(published).containsExactly("ACTIVE 1.0.0", "STOPPING 1.0.0", "STARTING 2.0.0", "ACTIVE 2.0.0");
        assertThat(host.documents("other").told("started")).isEqualTo(others);
        assertThat(host.vertx.deploymentIDs()).hasSize(2);
    }

    @Test
    void aJarOverwrittenInPlaceTakesThePlaceOfTheOneBefore() throws Exception {
        host.with("greeter.jar", version("1.0.0")).started();

        Files.write(host.plugins.resolve("greeter.jar"), version("2.0.0").bytes());

        host.reached("greeter.jar", "2.0.0", "ACTIVE");
        assertThat(answering()).isEqualTo("2.0.0");
    }

    @Test
    void aConfigMapThatIsTurnedToItsNextVersionReplacesThePlugin() throws Exception {
        Path first = Files.createDirectories(host.plugins.resolve("..2026_01"));
        Path second = Files.createDirectories(host.plugins.resolve("..2026_02"));
        version("1.0.0").writeTo(first.resolve("greeter.jar"));
        version("2.0.0").writeTo(second.resolve("greeter.jar"));
        Path data = Files.createSymbolicLink(host.plugins.resolve("..data"), first.getFileName());
        Files.createSymbolicLink(host.plugins.resolve("greeter.jar"), Path.of("..data", "greeter.jar"));
        host.started();
        assertThat(answering()).isEqualTo("1.0.0");

        Path turned = Files.createSymbolicLink(host.plugins.resolve("..data_tmp"), second.getFileName());
        Files.move(turned, data, StandardCopyOption.ATOMIC_MOVE);

        host.reached("greeter.jar", "2.0.0", "ACTIVE");
        assertThat(answering()).isEqualTo("2.0.0");
    }

    @Test
    void aRemovedJarsPluginIsStoppedAndForgotten() throws Exception {
        host.with("greeter.jar", version("1.0.0", ANSWERS, "public Future<?> stop() { return tell(\"stopped\", 1); }"))
                .started();
        List<String> published = host.published("greeter");

        Files.delete(host.plugins.resolve("greeter.jar"));

        waitFor("REMOVED 1.0.0", published);
        assertThat(published).containsExactly("STOPPING 1.0.0", "REMOVED 1.0.0");
        assertThat(host.documents("greeter").told("stopped")).isEqualTo(1);
        assertThat(host.reconciler.describe()).isEmpty();
        assertThat(host.vertx.deploymentIDs()).isEmpty();
    }

    private void waitFor(String step, List<String> published) {
        host.published(published, step);
    }

    @Test
    void aDirectoryThatCannotBeListedUnloadsNothing() throws Exception {
        host.with("greeter.jar", version("1.0.0")).started();
        Path away = Files.move(host.plugins, root.resolve("unmounted"));
        // Longer than two looks, by the host's own clock: five of them.
        await(host.vertx.timer(250));

        assertThat(answering()).isEqualTo("1.0.0");
        Files.move(away, host.plugins);
        host.drop("greeter.jar", version("2.0.0"));
        host.reached("greeter.jar", "2.0.0", "ACTIVE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "throw new IllegalStateException(\"no voice\");",
                "return null;",
                HANGS,
                "try { Thread.sleep(600_000); } catch (InterruptedException ended) { } return null;",
                "context.vertx().eventBus().consumer(\"version\", m -> m.reply(\"bad\")); throw new StackOverflowError();"
            })
    void whenTheNewOneDoesNotStartTheOldOneRunsAgain(String startBody) throws Exception {
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: low\n");
        host.with("greeter.jar", version("1.0.0")).started();
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: ${env:FACTOTUM_TEST_NEVER_SET}\n");
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: high\n");

        host.drop("greeter.jar", version("2.0.0", startBody, ""));
        JsonObject entry = host.reached(
                "greeter.jar",
                it -> it.containsKey("rolled_back_from")
                        && it.getString("state").equals("ACTIVE"));

        assertThat(entry.getString("version")).isEqualTo("1.0.0");
        assertThat(entry.getJsonObject("rolled_back_from").getString("version")).isEqualTo("2.0.0");
        assertThat(entry.getString("reason"))
                .contains(
                        "Cannot run greeter@2.0.0",
                        "Cannot start plugin 'greeter'",
                        "greeter@1.0.0",
                        "runs in its place");
        assertThat(answering()).isEqualTo("1.0.0");
        assertThat(host.documents("greeter").told("config")).isEqualTo(new JsonObject().put("voice", "low"));
        assertThat(host.vertx.deploymentIDs()).hasSize(1);
        assertThat(history()).endsWith("STOPPING 1.0.0", "STARTING 2.0.0", "STARTING 1.0.0", "ACTIVE 1.0.0");
    }

    @Test
    void aNewOneThatCannotEvenBeMadeDoesNotStopTheOldOne() throws Exception {
        host.with("greeter.jar", version("1.0.0", ANSWERS, "public Future<?> stop() { return tell(\"stopped\", 1); }"))
                .started();

        host.drop(
                "greeter.jar",
                version("2.0.0", ANSWERS, "public Main() { throw new IllegalStateException(\"unmade\"); }"));
        JsonObject entry = host.reached("greeter.jar", it -> it.containsKey("rolled_back_from"));

        assertThat(entry.getString("state")).isEqualTo("ACTIVE");
        assertThat(entry.getString("reason")).contains("unmade");
        assertThat(answering()).isEqualTo("1.0.0");
        assertThat(host.documents("greeter").wasTold("stopped")).isFalse();
        assertThat(host.vertx.deploymentIDs()).hasSize(1);
    }

    @Test
    void aJarThatIsNoneDoesNotStopTheOneBefore() throws Exception {
        host.with("greeter.jar", version("1.0.0")).started();

        host.drop("greeter.jar", version("2.0.0").descriptor(json -> json.put("api", "9.9")));
        JsonObject entry = host.reached("greeter.jar", it -> it.containsKey("reason"));

        assertThat(entry.getString("state")).isEqualTo("ACTIVE");
        assertThat(entry.getString("reason")).contains("cannot be used", "api '9.9'");
        assertThat(answering()).isEqualTo("1.0.0");

        Files.delete(host.plugins.resolve("greeter.jar"));
        List<String> published = host.published("greeter");
        waitFor("REMOVED 1.0.0", published);
    }

    @Test
    void theBytesOfTheOldOnePutBackEndTheRollback() throws Exception {
        byte[] good = version("1.0.0").bytes();
        Files.write(host.plugins.resolve("greeter.jar"), good);
        host.started();
        host.drop("greeter.jar", version("2.0.0", "return null;", ""));
        host.reached("greeter.jar", it -> it.containsKey("rolled_back_from"));

        Files.write(host.plugins.resolve("greeter.jar"), good);

        JsonObject entry = host.reached("greeter.jar", it -> !it.containsKey("rolled_back_from"));
        assertThat(entry.getString("state")).isEqualTo("ACTIVE");
        assertThat(entry.containsKey("reason")).isFalse();
        assertThat(history()).endsWith("ACTIVE 1.0.0", "ACTIVE 1.0.0");
    }

    @Test
    void aThirdJarTakesThePlaceOfOneThatRunsAgain() throws Exception {
        host.with("greeter.jar", version("1.0.0")).started();
        host.drop("greeter.jar", version("2.0.0", "return null;", ""));
        host.reached("greeter.jar", it -> it.containsKey("rolled_back_from"));

        host.drop("greeter.jar", version("3.0.0"));

        assertThat(host.reached("greeter.jar", "3.0.0", "ACTIVE").containsKey("rolled_back_from"))
                .isFalse();
        assertThat(answering()).isEqualTo("3.0.0");
    }

    @Test
    void aHostThatStartsWithABadJarRunsTheOneThatRanBefore() throws Exception {
        host.with("greeter.jar", version("1.0.0")).started();
        host.drop("greeter.jar", version("2.0.0", "return null;", ""));
        host.reached("greeter.jar", it -> it.containsKey("rolled_back_from"));
        await(host.reconciler.stop());

        try (PluginHost next = new PluginHost(root)) {
            next.started();
            JsonObject entry = next.entry("greeter.jar");
            assertThat(entry.getString("version")).isEqualTo("1.0.0");
            assertThat(entry.getString("state")).isEqualTo("ACTIVE");
            assertThat(entry.getJsonObject("rolled_back_from").getString("version"))
                    .isEqualTo("2.0.0");
        }
    }

    @Test
    void aJarUnderAnotherNameIsTheSamePluginAndRunsOn() throws Exception {
        host.with("greeter.jar", version("1.0.0", "return tell(\"started\", System.nanoTime());", ""))
                .started();
        Object started = host.documents("greeter").told("started");

        Files.move(host.plugins.resolve("greeter.jar"), host.plugins.resolve("hello.jar"));

        host.reached("hello.jar", "ACTIVE");
        assertThat(host.documents("greeter").told("started")).isEqualTo(started);
        assertThat(host.reconciler.describe()).hasSize(1);
    }

    @Test
    void theSecondJarOfOneIdTakesOverWhenTheFirstIsGone() throws Exception {
        host.with("a.jar", version("1.0.0")).with("b.jar", version("2.0.0")).started();
        assertThat(host.entry("b.jar").getString("state")).isEqualTo("REJECTED");

        Files.delete(host.plugins.resolve("a.jar"));

        host.reached("b.jar", "2.0.0", "ACTIVE");
        assertThat(answering()).isEqualTo("2.0.0");
        assertThat(host.reconciler.describe()).hasSize(1);
    }

    @Test
    void aFileThatBecomesAnotherPluginIsBoth() throws Exception {
        host.with("a.jar", version("1.0.0")).started();
        List<String> published = host.published("greeter");

        host.drop("a.jar", JarBuilder.plugin("waiter", "return Future.succeededFuture();"));

        host.reached(
                "a.jar",
                it -> "waiter".equals(it.getString("id"))
                        && it.getString("state").equals("ACTIVE"));
        waitFor("REMOVED 1.0.0", published);
        assertThat(host.reconciler.describe()).hasSize(1);
    }

    @Test
    void aFailedJarIsNotTriedAgainUntilItsBytesChange() throws Exception {
        byte[] bad = version("1.0.0", "return null;", "").bytes();
        Files.write(host.plugins.resolve("greeter.jar"), bad);
        host.started();
        host.reached("greeter.jar", "FAILED");
        List<String> published = host.published("greeter");

        Files.write(host.plugins.resolve("greeter.jar"), bad);
        host.drop("other.jar", JarBuilder.plugin("other", "return Future.succeededFuture();"));
        host.reached("other.jar", "ACTIVE");

        assertThat(published).isEmpty();
    }

    @Test
    void theLastTwentyStepsAreKept() throws Exception {
        host.with("greeter.jar", version("1.0.0")).started();
        for (int i : IntStream.range(2, 9).toArray()) {
            host.drop("greeter.jar", version(i + ".0.0"));
            host.reached("greeter.jar", i + ".0.0", "ACTIVE");
        }

        JsonObject entry = await(host.reconciler.management().get("greeter"));
        assertThat(entry.getJsonArray("history")).hasSize(20);
        assertThat(entry.getJsonObject("counts").getInteger("ACTIVE")).isEqualTo(8);
        assertThat(entry.getJsonObject("counts").getInteger("STOPPING")).isEqualTo(7);
    }

    @Test
    void aRequiredPluginThatDoesNotRunMakesTheHostNotReady() throws Exception {
        host.with("greeter.jar", version("1.0.0", "return null;", "").descriptor(json -> json.put("required", true)))
                .with("other.jar", JarBuilder.plugin("other", "return null;"))
                .started();
        assertThat(PluginHost.failure(host.reconciler.ready()))
                .hasMessage("A required plugin does not run: greeter is FAILED.");

        host.drop("greeter.jar", version("2.0.0").descriptor(json -> json.put("required", true)));
        host.reached("greeter.jar", "2.0.0", "ACTIVE");

        await(host.reconciler.ready());
    }
}
