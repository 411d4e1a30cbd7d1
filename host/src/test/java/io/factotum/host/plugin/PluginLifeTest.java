package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static io.factotum.host.plugin.PluginHost.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.LifecycleHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginLifeTest {

    private static final String DONE = "return Future.succeededFuture();";

    private final PluginHost host;

    PluginLifeTest(@TempDir Path root) {
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        System.clearProperty("greeter.asked");
        System.clearProperty("greeter.heard");
        host.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "event-loop"})
    void everyCallIntoThePluginHasItsClassLoader(String threading) throws Exception {
        host.with(
                        "greeter.jar",
                        JarBuilder.plugin("greeter", """
                                        tell("static", STATIC);
                                        tell("constructor", constructor);
                                        tell("start", loaderOf(Thread.currentThread()));
                                        return context.serve(new Support(), new Handler());
                                        """, ServingPlugin.MEMBERS + """
                                                static final String STATIC = loaderOf(Thread.currentThread());
                                                final String constructor = loaderOf(Thread.currentThread());
                                                public Future<?> stop() {
                                                    return tell("stop", loaderOf(Thread.currentThread()));
                                                }
                                                """)
                                .descriptor(json -> json.put("threading", threading)))
                .started();
        await(host.reconciler.served("greeter").orElseThrow().check(new JsonObject(), new JsonObject()));
        LifecycleHandler handler = host.handler("greeter");
        await(handler.committed(PluginHost.create("greeter", new JsonObject())));
        await(host.reconciler.stop());

        MemoryDocuments told = host.documents("greeter");
        String name =
                "greeter@1.0.0#" + host.entry("greeter.jar").getString("sha256").substring(0, 8);
        assertThat(List.of("static", "constructor", "start", "committed", "stop"))
                .allSatisfy(where -> assertThat(told.told(where)).as(where).isEqualTo(name));
        assertThat(told.told("check"))
                .asString()
                .startsWith(name)
                .contains(threading.equals("worker") ? "plugin-greeter-" : "vert.x-eventloop-thread-");
    }

    @Test
    void whatThePluginsHandlerThrowsIsAFailedFuture() throws Exception {
        host.with("greeter.jar", ServingPlugin.jar("greeter")).started();
        LifecycleHandler handler = host.handler("greeter");

        assertThat(failure(handler.cancel(UUID.randomUUID())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot cancel");
    }

    @Test
    void whatIsLentIsThere() throws Exception {
        Files.writeString(host.conf.resolve("greeter.yaml"), "voice: {volume: 7}\n");
        host.with("greeter.jar", JarBuilder.plugin("greeter", """
                                tell("id", context.id() + " " + context.version() + " " + context.installId());
                                tell("config", context.config());
                                tell("configName", context.configName());
                                tell("data", context.dataDirectory() + " " + java.nio.file.Files.isDirectory(context.dataDirectory()));
                                tell("sealed", context.secrets().open(context.secrets().seal("s")));
                                return context.resources().find(UUID.randomUUID());
                                """)).started();

        MemoryDocuments told = host.documents("greeter");
        assertThat(told.told("id")).isEqualTo("greeter 1.0.0 install-1");
        assertThat(told.told("config")).isEqualTo(new JsonObject().put("voice", new JsonObject().put("volume", 7)));
        assertThat(told.told("configName"))
                .isEqualTo(host.conf.resolve("greeter.yaml").toString());
        assertThat(told.told("data")).isEqualTo(host.data.resolve("plugins").resolve("greeter") + " true");
        assertThat(told.told("sealed")).isEqualTo("s");
    }

    @Test
    void aJarDroppedWhileTheHostRunsIsLoaded() throws Exception {
        host.started();

        host.drop("greeter.jar", ServingPlugin.jar("greeter"));

        assertThat(host.reached("greeter.jar", "ACTIVE").getString("id")).isEqualTo("greeter");
    }

    @Test
    void aJarWrittenInPiecesWhileTheHostRunsIsLoadedOnce() throws Exception {
        host.started();
        byte[] bytes =
                ServingPlugin.jar("greeter").entry("text", "text".repeat(1000)).bytes();
        String file = host.plugins.resolve("greeter.jar").toString();
        int piece = bytes.length / 10 + 1;
        Future<Void> written = Future.succeededFuture();
        for (int from = 0; from < bytes.length; from += piece) {
            Buffer next = Buffer.buffer(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece)));
            written = written.compose(ignored -> host.vertx.timer(15, TimeUnit.MILLISECONDS))
                    .compose(ignored -> host.vertx.fileSystem().open(file, new OpenOptions().setAppend(true)))
                    .compose(open -> open.write(next).eventually(open::close));
        }
        await(written);

        host.reached("greeter.jar", "ACTIVE");
        assertThat(host.vertx.deploymentIDs()).hasSize(1);
    }

    @Test
    void twentyJarsAtOnceAreAllLoaded() throws Exception {
        for (int i = 0; i < 20; i++) {
            host.with("plugin-" + i + ".jar", JarBuilder.plugin("plugin-" + i, DONE));
        }

        host.started();

        assertThat(host.states()).hasSize(20).containsOnly("ACTIVE");
    }

    @Test
    void everyStepIsPublished() throws Exception {
        List<String> states = Collections.synchronizedList(new ArrayList<>());
        Promise<Void> active = Promise.promise();
        host.vertx.eventBus().<JsonObject>consumer("plugins.changed", message -> {
            states.add(message.body().getString("state"));
            if (message.body().getString("state").equals("ACTIVE")) {
                active.complete();
            }
        });
        host.started();

        host.drop("greeter.jar", JarBuilder.plugin("greeter", DONE));
        await(active.future());

        assertThat(states).containsExactly("DISCOVERED", "STAGED", "RESOLVED", "STARTING", "ACTIVE");
    }

    @Test
    void aTypeIsServedOnceItsPluginIsActive() throws Exception {
        Promise<String> served = Promise.promise();
        host.reconciler.onServed(served::complete);
        host.with("mute.jar", JarBuilder.plugin("mute", DONE)).started();
        assertThat(host.reconciler.servedTypes()).isEmpty();

        host.drop("greeter.jar", ServingPlugin.jar("greeter"));

        assertThat(await(served.future())).isEqualTo("greeter");
        assertThat(host.reconciler.servedTypes()).containsExactly("greeter");
        assertThat(host.reconciler.served("mute")).isEmpty();
        assertThat(host.entry("greeter.jar").getString("state")).isEqualTo("ACTIVE");
    }

    @Test
    void aTypeWhosePluginFailsAfterServingIsNotServed() throws Exception {
        host.with(
                        "greeter.jar",
                        JarBuilder.plugin(
                                "greeter",
                                "return context.serve(new Support(), new Handler()).compose(v -> Future.failedFuture(\"late\"));",
                                ServingPlugin.MEMBERS))
                .started();

        assertThat(host.entry("greeter.jar").getString("state")).isEqualTo("FAILED");
        assertThat(host.reconciler.servedTypes()).isEmpty();
        assertThat(host.handlers).isEmpty();
    }

    @Test
    void aPluginHearsThatItServesOnceTheHostKnowsAndOnItsOwnThread() throws Exception {
        CountDownLatch hostIsBusy = new CountDownLatch(1);
        host.whenServed = context -> context.runOnContext(busy -> hold(hostIsBusy));
        // Not through the host, which is busy.
        host.with("greeter.jar", JarBuilder.plugin("greeter", """
                                Future<Void> serving = context.serve(new Support(), new Handler())
                                    .onSuccess(served -> System.setProperty("greeter.heard", Thread.currentThread().getName()));
                                System.setProperty("greeter.asked", "");
                                return serving;
                                """, ServingPlugin.MEMBERS));

        Future<Void> started = host.reconciler.start();
        host.until(() -> System.getProperty("greeter.asked") != null);
        assertThat(System.getProperty("greeter.heard")).isNull();
        hostIsBusy.countDown();

        await(started);
        assertThat(host.reconciler.servedTypes()).containsExactly("greeter");
        assertThat(System.getProperty("greeter.heard")).startsWith("plugin-greeter-1-");
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void servingTwiceFails() throws Exception {
        host.with(
                        "greeter.jar",
                        JarBuilder.plugin(
                                "greeter",
                                "context.serve(new Support(), new Handler()); return context.serve(new Support(), new Handler());",
                                ServingPlugin.MEMBERS))
                .started();

        assertThat(host.entry("greeter.jar").getString("reason")).contains("the plugin serves it already");
    }

    @Test
    void servingAfterTheEndFails() throws Exception {
        host.with("greeter.jar", JarBuilder.plugin("greeter", DONE, ServingPlugin.MEMBERS + """
                                        public Future<?> stop() {
                                            return lent.serve(new Support(), new Handler())
                                                .onFailure(thrown -> tell("refused", thrown.getMessage()));
                                        }
                                        """))
                .started();

        await(host.reconciler.stop());

        assertThat(host.documents("greeter").told("refused")).asString().contains("the plugin is stopped");
        assertThat(host.handlers).isEmpty();
    }

    @Test
    void aStopGoesInReverseAndTakesBackWhatWasLeftOpen() throws Exception {
        List<Object> stopped = Collections.synchronizedList(new ArrayList<>());
        host.vertx.eventBus().<JsonArray>consumer("stopped", message -> {
            stopped.add(message.body().getString(0));
            message.reply("");
        });
        String stops =
                "public Future<?> stop() { return lent.vertx().eventBus().request(\"stopped\", new JsonArray().add(lent.id())); }";
        for (String id : List.of("one", "two", "three")) {
            host.drop(
                    id + ".jar",
                    JarBuilder.plugin(
                            id, "context.vertx().eventBus().consumer(\"left.open\", m -> m.reply(1)); " + DONE, stops));
            if (stopped.isEmpty() && id.equals("one")) {
                host.started();
            }
            host.reached(id + ".jar", "ACTIVE");
        }

        await(host.reconciler.stop());

        assertThat(stopped).containsExactly("three", "two", "one");
        assertThat(host.states()).containsOnly("STOPPED");
        assertThat(host.vertx.deploymentIDs()).isEmpty();
        assertThat(failure(host.vertx.eventBus().request("left.open", ""))).hasMessageContaining("No handlers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "throw new IllegalStateException(\"no\");",
                "return null;",
                "return Promise.promise().future();",
                "try { Thread.sleep(600_000); } catch (InterruptedException e) { } return null;"
            })
    void aStopThatGoesWrongDoesNotKeepTheOthersFromStopping(String stopBody) throws Exception {
        host.with(
                        "a.jar",
                        JarBuilder.plugin("first", DONE, "public Future<?> stop() { return tell(\"stopped\", true); }"))
                .with("b.jar", JarBuilder.plugin("second", DONE, "public Future<?> stop() { " + stopBody + " }"))
                .started();

        await(host.reconciler.stop());

        assertThat(host.documents("first").told("stopped")).isEqualTo(true);
        assertThat(host.states()).containsOnly("STOPPED");
    }

    @Test
    void aFailedPluginIsTriedAgainWhenItsBytesChange() throws Exception {
        host.with("greeter.jar", JarBuilder.plugin("greeter", "return Future.failedFuture(\"no voice\");"))
                .started();
        assertThat(host.entry("greeter.jar").getString("state")).isEqualTo("FAILED");

        host.drop("greeter.jar", ServingPlugin.jar("greeter"));

        host.reached("greeter.jar", "ACTIVE");
    }
}
