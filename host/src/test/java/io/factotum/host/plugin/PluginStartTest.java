package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginStartTest {

    private static final String DONE = "return Future.succeededFuture();";

    private final PluginHost host;

    PluginStartTest(@TempDir Path root) {
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    /** Starts a host with that jar and a good one: whatever becomes of the first, the second is active. */
    private JsonObject startedBesideAGoodOne(JarBuilder jar) throws Exception {
        host.with("plugin.jar", jar)
                .with("zzz.jar", JarBuilder.plugin("bystander", DONE))
                .started();

        assertThat(host.entry("zzz.jar").getString("state")).isEqualTo("ACTIVE");
        return host.entry("plugin.jar");
    }

    private void fails(JarBuilder jar, String phase, String... reasons) throws Exception {
        JsonObject entry = startedBesideAGoodOne(jar);

        assertThat(entry.getString("state")).isEqualTo("FAILED");
        assertThat(entry.getString("phase")).isEqualTo(phase);
        assertThat(entry.getString("reason")).contains(reasons);
        assertThat(host.vertx.deploymentIDs()).hasSize(1);
    }

    @Test
    void aPluginThatLiesThereIsActiveWhenTheHostHasStarted() throws Exception {
        Instant before = Instant.now();
        JsonObject entry = startedBesideAGoodOne(
                JarBuilder.plugin("greeter", DONE).descriptor(json -> json.put("description", "Greets")));

        assertThat(entry.getString("id")).isEqualTo("greeter");
        assertThat(entry.getString("version")).isEqualTo("1.0.0");
        assertThat(entry.getString("state")).isEqualTo("ACTIVE");
        assertThat(entry.getString("file")).isEqualTo("plugin.jar");
        assertThat(entry.getString("sha256")).hasSize(64);
        assertThat(entry.getString("description")).isEqualTo("Greets");
        assertThat(entry.getBoolean("required")).isFalse();
        assertThat(entry.containsKey("reason")).isFalse();
        assertThat(entry.getInstant("since")).isBetween(before, Instant.now());
    }

    @Test
    void startThatThrowsIsRecordedAndTheOthersRun() throws Exception {
        fails(
                JarBuilder.plugin(
                        "greeter", "throw new IllegalStateException(\"no voice\", new RuntimeException(\"cold\"));"),
                "start",
                "Cannot start plugin 'greeter'",
                "java.lang.IllegalStateException: no voice",
                "Caused by: java.lang.RuntimeException: cold");
    }

    @Test
    void startThatFailsLaterIsRecorded() throws Exception {
        fails(JarBuilder.plugin("greeter", "return Future.failedFuture(\"no voice\");"), "start", "no voice");
    }

    @Test
    void startThatNeverAnswersIsRecordedAfterItsTime() throws Exception {
        fails(
                JarBuilder.plugin("greeter", "return Promise.promise().future();"),
                "start",
                "it did not answer within PT0.4S");
    }

    @Test
    void startThatAnswersWithNullIsRecorded() throws Exception {
        fails(JarBuilder.plugin("greeter", "return null;"), "start", "it returned null. Expected a Future");
    }

    @Test
    void startThatBlocksForeverIsRecordedAndTheHostStops() throws Exception {
        JsonObject entry = startedBesideAGoodOne(JarBuilder.plugin(
                "greeter", "try { Thread.sleep(600_000); } catch (InterruptedException e) { } return null;"));

        assertThat(entry.getString("state")).isEqualTo("FAILED");
        assertThat(entry.getString("reason")).contains("it did not answer within PT0.4S");
    }

    @Test
    void aPluginThatFailedToStartIsStoppedSoThatNothingStaysOpen() throws Exception {
        fails(
                JarBuilder.plugin(
                        "greeter",
                        "context.vertx().eventBus().consumer(\"left.open\", m -> m.reply(1)); throw new IllegalStateException();",
                        "public Future<?> stop() { return tell(\"stopped\", true); }"),
                "start",
                "IllegalStateException");

        assertThat(host.documents("greeter").told("stopped")).isEqualTo(true);
        assertThat(PluginHost.failure(host.vertx.eventBus().request("left.open", "")))
                .hasMessageContaining("No handlers");
    }

    @Test
    void constructorThatThrowsIsRecorded() throws Exception {
        fails(
                JarBuilder.plugin("greeter", DONE, "public Main() { throw new IllegalStateException(\"unmade\"); }"),
                "construct",
                "java.lang.IllegalStateException: unmade");
    }

    @Test
    void constructorThatNeverReturnsIsRecorded() throws Exception {
        JsonObject entry = startedBesideAGoodOne(JarBuilder.plugin(
                "greeter", DONE, "public Main() throws InterruptedException { Thread.sleep(600_000); }"));

        assertThat(entry.getString("phase")).isEqualTo("construct");
        assertThat(entry.getString("reason")).contains("it did not answer within PT0.4S");
    }

    @Test
    void constructorThatThrowsAnErrorIsRecorded() throws Exception {
        fails(
                JarBuilder.plugin("greeter", DONE, "public Main() { throw new NoSuchMethodError(\"gone\"); }"),
                "construct",
                "Cannot construct plugin 'greeter': java.lang.NoSuchMethodError: gone");
    }

    @Test
    void aConstructorThatIsNotThereIsRecorded() throws Exception {
        fails(JarBuilder.plugin("greeter", DONE, "public Main(int size) {}"), "construct", "NoSuchMethodException");
    }

    @Test
    void staticInitialiserThatThrowsALinkageErrorIsRecorded() throws Exception {
        fails(
                JarBuilder.plugin(
                        "greeter",
                        DONE,
                        "static { if (Main.class != null) throw new NoClassDefFoundError(\"com/example/Missing\"); }"),
                "load",
                "java.lang.NoClassDefFoundError: com/example/Missing");
    }

    @Test
    void aClassOfTheHostThatAPluginReliesOnIsMissingAtStart() throws Exception {
        fails(
                JarBuilder.plugin("greeter", """
                        try {
                            Class.forName("io.factotum.host.plugin.PluginReconciler");
                            return Future.succeededFuture();
                        } catch (ClassNotFoundException e) {
                            return Future.failedFuture(e);
                        }
                        """),
                "start",
                "java.lang.ClassNotFoundException: io.factotum.host.plugin.PluginReconciler");
    }

    @Test
    void aMainClassThatIsNotThereIsRecorded() throws Exception {
        fails(JarBuilder.bare("greeter"), "load", "java.lang.ClassNotFoundException: example.Main");
    }

    @Test
    void aMainClassThatIsNoPluginIsRecorded() throws Exception {
        fails(
                JarBuilder.bare("greeter").source("example.Main", "package example; public class Main {}"),
                "load",
                "class example.Main does not implement io.factotum.api.Plugin");
    }

    @Test
    void aConfigurationThatCannotBeReadIsToldWithFileAndKey() throws Exception {
        Path file = host.conf.resolve("greeter.yaml");
        Files.writeString(file, "token: ${env:FACTOTUM_TEST_NEVER_SET}\n");

        fails(
                JarBuilder.plugin("greeter", DONE),
                "config",
                "Cannot configure plugin 'greeter': " + file + ": cannot resolve token");
    }

    @Test
    void aConfigurationThatThePluginRefusesIsToldAsItSaysIt() throws Exception {
        Files.writeString(host.conf.resolve("greeter.yaml"), "speed: fast\nvolume: loud\n");

        fails(
                JarBuilder.plugin("greeter", """
                        var reader = new io.factotum.api.config.ConfigReader(context.configName(), context.config());
                        reader.number("speed", 1, 0, 9, "How fast");
                        reader.finish();
                        return Future.succeededFuture();
                        """),
                "start",
                "greeter.yaml: cannot use speed 'fast'",
                "greeter.yaml: unknown key 'volume'");
    }

    @Test
    void anExceptionWhoseOwnCodeFailsIsRecordedAllTheSame() throws Exception {
        fails(JarBuilder.plugin("greeter", "throw new Evil();").source("example.Evil", """
                                package example;
                                public class Evil extends RuntimeException {
                                    @Override public String getMessage() { throw new IllegalStateException(); }
                                }
                                """), "start", "example.Evil");
    }

    @Test
    void aBadDescriptorIsRejectedWithAllItsFaults() throws Exception {
        JsonObject entry = startedBesideAGoodOne(JarBuilder.plugin("greeter", DONE)
                .descriptor(json -> json.put("version", "one").put("api", "9.9").put("threading", "none")));

        assertThat(entry.getString("state")).isEqualTo("REJECTED");
        assertThat(entry.getString("reason").lines()).hasSize(3);
        assertThat(entry.getString("reason")).contains("version 'one'", "api '9.9'", "threading 'none'");
    }

    @Test
    void theSecondJarOfOneIdIsRejected() throws Exception {
        host.with("a.jar", JarBuilder.plugin("greeter", DONE))
                .with("b.jar", JarBuilder.plugin("greeter", DONE).descriptor(json -> json.put("version", "2.0.0")))
                .started();

        assertThat(host.entry("a.jar").getString("state")).isEqualTo("ACTIVE");
        assertThat(host.entry("b.jar").getString("state")).isEqualTo("REJECTED");
        assertThat(host.entry("b.jar").getString("reason"))
                .isEqualTo("Cannot load plugin 'greeter' from 'b.jar': it is loaded from 'a.jar' already."
                        + " Remove one of the two.");
    }

    @Test
    void aHostWithoutPluginsStarts() {
        host.started();

        assertThat(host.reconciler.describe()).isEmpty();
        assertThat(host.reconciler.servedTypes()).isEmpty();
    }

    @Test
    void aWorkDirectoryThatCannotBeMadeFailsTheStart(@TempDir Path root) throws Exception {
        Files.createFile(root.resolve("work"));
        try (PluginHost unable = new PluginHost(root)) {
            assertThat(PluginHost.failure(unable.reconciler.start())).hasMessageContaining("work");
        }
    }

    @Test
    void aHalfWrittenJarDoesNotHoldUpTheStart() throws Exception {
        Files.write(host.plugins.resolve("half.jar"), new byte[] {'P', 'K', 3, 4});

        host.started();

        assertThat(host.entry("half.jar").getString("state")).isEqualTo("DISCOVERED");
        assertThat(host.reached("half.jar", "REJECTED").getString("reason")).contains("Expected a whole zip file");
    }

    @Test
    void aStopEndsAStartThatHangs(@TempDir Path root) throws Exception {
        PluginHost patient = new PluginHost(root, Duration.ofMinutes(5));
        patient.with("plugin.jar", JarBuilder.plugin("greeter", "return Promise.promise().future();"));
        var ignored = patient.reconciler.start();
        patient.reached("plugin.jar", "STARTING");

        patient.close();

        assertThat(patient.entry("plugin.jar").getString("reason")).contains("the host stops");
    }
}
