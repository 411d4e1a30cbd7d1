package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.function.Predicate;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an unloaded plugin leaves: nothing, or something that is named. */
class PluginUnloadTest {

    private static final String DONE = "return Future.succeededFuture();";
    private static final String WAITS = "return Promise.promise().future();";
    private static final String SLEEPS =
            "try { Thread.sleep(600_000); } catch (InterruptedException ended) { } return null;";

    private final PluginHost host;

    PluginUnloadTest(@TempDir Path root) {
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    /** Runs that plugin, removes its jar, and looks after each collection until the report is as it should be. */
    private JsonObject unloaded(JarBuilder jar, Predicate<JsonObject> wanted) throws Exception {
        host.with("guest.jar", jar).started();
        return removed(wanted);
    }

    private JsonObject removed(Predicate<JsonObject> wanted) throws Exception {
        List<String> published = host.published("guest");
        Files.delete(host.plugins.resolve("guest.jar"));
        host.published(published, "REMOVED 1.0.0");
        return collected(wanted);
    }

    private JsonObject collected(Predicate<JsonObject> wanted) {
        JsonObject report = new JsonObject();
        for (int i = 0; i < 60; i++) {
            // A test may ask for what production waits for.
            System.gc();
            report = host.leaks("guest");
            if (wanted.test(report)) {
                return report;
            }
            await(host.vertx.timer(50));
        }
        throw new AssertionError("in the end: " + report.encodePrettily());
    }

    private static boolean isClean(JsonObject report) {
        return report.getInteger("collected") > 0
                && report.getJsonArray("loaders").isEmpty();
    }

    private void leavesNothing(String startBody, String members) throws Exception {
        unloaded(JarBuilder.plugin("guest", startBody, members), PluginUnloadTest::isClean);
    }

    private void isNamed(String startBody, String members, String name) throws Exception {
        JsonObject report = unloaded(JarBuilder.plugin("guest", startBody, members), it -> it.getInteger("leaked") > 0);
        assertThat(report.getJsonArray("loaders")).hasSize(1);
        JsonObject loader = report.getJsonArray("loaders").getJsonObject(0);
        assertThat(loader.getString("state")).isEqualTo("leaked");
        assertThat(loader.getString("name")).startsWith("guest@1.0.0#");
        assertThat(loader.getJsonArray("held_by").encode()).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "context.vertx().eventBus().consumer(\"left\", m -> m.reply(1)); " + DONE,
                "context.vertx().setPeriodic(1, id -> tell(\"tick\", id)); " + DONE,
                "return context.vertx().executeBlocking(() -> 1);",
                "return context.vertx().fileSystem().readDir(\".\");",
                "return context.vertx().createSharedWorkerExecutor(\"mine\").executeBlocking(() -> 1);",
                "return context.vertx().deployVerticle(() -> new VerticleBase() {}, new DeploymentOptions().setInstances(8));",
                "return context.vertx().createHttpServer().requestHandler(r -> r.response().end()).listen(0, \"127.0.0.1\");",
                """
                var vertx = context.vertx();
                var client = vertx.createHttpClient();
                return vertx.createHttpServer().requestHandler(r -> r.response().end("hello")).listen(0, "127.0.0.1")
                    .compose(s -> client.request(io.vertx.core.http.HttpMethod.GET, s.actualPort(), "127.0.0.1", "/"))
                    .compose(r -> r.send()).compose(r -> r.body());
                """,
                "return context.serve(new Support(), new Handler());",
                "throw new IllegalStateException(\"no voice\", new Mine());",
                "return Future.failedFuture(new Mine());",
                "return null;",
                WAITS,
                SLEEPS
            })
    void whateverItDoesInStart(String startBody) throws Exception {
        leavesNothing(startBody, """
                static class Mine extends RuntimeException { Object self = Main.class; }
                class Support implements OfferingSupport {
                    public CheckedSettings check(JsonObject settings, JsonObject stored) { return null; }
                    public JsonObject redact(JsonObject stored) { return stored; }
                }
                class Handler implements LifecycleHandler {
                    public Future<LifecycleResult> handle(LifecycleEvent event) { return null; }
                }
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw new IllegalStateException(\"stays\");", "return null;", WAITS, SLEEPS})
    void whateverItDoesInStop(String stopBody) throws Exception {
        leavesNothing(DONE, "public Future<?> stop() { " + stopBody + " }");
    }

    @Test
    void onAnEventLoop() throws Exception {
        unloaded(
                JarBuilder.plugin(
                                "guest",
                                "context.vertx().setPeriodic(1, id -> {}); return context.vertx().executeBlocking(() -> 1);")
                        .descriptor(json -> json.put("threading", "event-loop")),
                PluginUnloadTest::isClean);
    }

    @Test
    void aConstructorThatThrows() throws Exception {
        leavesNothing(DONE, "public Main() { throw new IllegalStateException(\"unmade\"); }");
    }

    @Test
    void aConfigurationThatCannotBeRead() throws Exception {
        Files.writeString(host.conf.resolve("guest.yaml"), "token: ${env:FACTOTUM_TEST_NEVER_SET}\n");
        leavesNothing(DONE, "");
    }

    @Test
    void aRequestThatNobodyAnswersYet() throws Exception {
        host.vertx.eventBus().consumer("silent", message -> {});
        leavesNothing(
                "context.vertx().eventBus().request(\"silent\", 1, new io.vertx.core.eventbus.DeliveryOptions().setSendTimeout(1500))"
                        + ".onComplete(a -> tell(\"late\", a.failed())); " + DONE,
                "");
    }

    @Test
    void typesThatWereUsedByTheHost() throws Exception {
        host.with(
                        "guest.jar",
                        JarBuilder.plugin(
                                "guest",
                                "return context.serve(new Support(), e -> Future.failedFuture(new Mine()));",
                                """
                        static class Mine extends RuntimeException {}
                        class Support implements OfferingSupport {
                            public CheckedSettings check(JsonObject settings, JsonObject stored) { throw new Mine(); }
                            public JsonObject redact(JsonObject stored) { return stored; }
                        }
                        """))
                .started();
        Throwable told = PluginHost.failure(
                host.reconciler.served("guest").orElseThrow().check(new JsonObject(), new JsonObject()));
        assertThat(told).hasMessageContaining("Mine");

        removed(PluginUnloadTest::isClean);
    }

    @Test
    void manyReloadsLeaveNothing() throws Exception {
        String busy = """
                context.vertx().setPeriodic(1, id -> {});
                context.vertx().eventBus().consumer("left", m -> m.reply(1));
                return context.vertx().executeBlocking(() -> 1)
                    .compose(x -> context.vertx().createHttpServer().requestHandler(r -> {}).listen(0, "127.0.0.1"));
                """;
        host.with("guest.jar", JarBuilder.plugin("guest", busy)).started();
        int threads = Thread.activeCount();
        for (int i = 1; i <= 20; i++) {
            String version = "1.0." + i;
            host.drop("guest.jar", JarBuilder.plugin("guest", busy).descriptor(json -> json.put("version", version)));
            host.reached("guest.jar", version, "ACTIVE");
        }

        JsonObject report = collected(it -> it.getInteger("collected") >= 20);
        assertThat(report.getJsonArray("loaders")).isEmpty();
        assertThat(Thread.activeCount()).isBetween(1, threads + 4);
    }

    @Test
    void aThreadOfItsOwnIsNamed() throws Exception {
        isNamed(
                "Thread own = new Thread(() -> { while (System.getProperty(\"guest.ends\") == null) "
                        + "try { Thread.sleep(20); } catch (InterruptedException e) { } }, \"guests-own\"); own.setDaemon(true); own.start(); "
                        + DONE,
                "",
                "thread 'guests-own'");
        System.setProperty("guest.ends", "");
        collected(PluginUnloadTest::isClean);
        System.clearProperty("guest.ends");
    }

    @Test
    void aThreadLocalOfAHostThreadIsNamed() throws Exception {
        // A thread of the host's, which outlives the plugin.
        host.vertx.eventBus().<JsonObject>consumer("run.here", message -> {
            Runnable work = (Runnable) LENT.get();
            work.run();
            message.reply("");
        });
        host.with(
                        "guest.jar",
                        JarBuilder.plugin(
                                "guest",
                                "System.getProperties().put(\"guest.work\", (Runnable) () -> LOCAL.set(new Mine())); "
                                        + DONE,
                                "static class Mine {} static final ThreadLocal<Object> LOCAL = new ThreadLocal<>();"))
                .started();
        LENT.set(System.getProperties().remove("guest.work"));
        await(host.vertx.eventBus().request("run.here", new JsonObject()));
        LENT.set(null);

        JsonObject report = removed(it -> it.getInteger("leaked") > 0);
        assertThat(report.encode())
                .contains("ThreadLocal of thread 'vert.x-eventloop-thread-")
                .contains("example.Main$Mine");
    }

    private static final java.util.concurrent.atomic.AtomicReference<Object> LENT =
            new java.util.concurrent.atomic.AtomicReference<>();

    @Test
    void aMessageCodecIsNamed() throws Exception {
        isNamed("context.vertx().eventBus().registerCodec(new Codec()); " + DONE, """
                static class Codec implements io.vertx.core.eventbus.MessageCodec<String, String> {
                    public void encodeToWire(io.vertx.core.buffer.Buffer buffer, String s) {}
                    public String decodeFromWire(int pos, io.vertx.core.buffer.Buffer buffer) { return ""; }
                    public String transform(String s) { return s; }
                    public String name() { return "guests-codec"; }
                    public byte systemCodecID() { return -1; }
                }
                """, "message codec 'guests-codec'");
    }

    @Test
    void aLocalMapIsNamed() throws Exception {
        isNamed(
                "context.vertx().sharedData().getLocalMap(\"guests-map\").put(\"key\", new Mine()); " + DONE,
                "static class Mine implements io.vertx.core.shareddata.Shareable {}",
                "local map 'guests-map'");
    }

    @Test
    void aConsumerMadeElsewhereIsNamed() throws Exception {
        isNamed(
                "Thread t = new Thread(() -> context.vertx().eventBus().consumer(\"guests-address\", m -> {})); "
                        + "t.setContextClassLoader(null); t.start(); try { t.join(); } catch (InterruptedException e) { } "
                        + DONE,
                "",
                "event-bus consumer of 'guests-address'");
    }

    @Test
    void aJdbcDriverIsNamed() throws Exception {
        isNamed(
                "try { java.sql.DriverManager.registerDriver(new Mine()); } catch (java.sql.SQLException e) { } "
                        + DONE,
                """
                static class Mine implements java.sql.Driver {
                    public java.sql.Connection connect(String url, Properties info) { return null; }
                    public boolean acceptsURL(String url) { return false; }
                    public java.sql.DriverPropertyInfo[] getPropertyInfo(String url, Properties info) { return null; }
                    public int getMajorVersion() { return 1; }
                    public int getMinorVersion() { return 0; }
                    public boolean jdbcCompliant() { return false; }
                    public java.util.logging.Logger getParentLogger() { return null; }
                }
                """,
                "JDBC driver 'example.Main$Mine'");
        assertThat(DriverManager.drivers())
                .noneMatch(driver -> driver.getClass().getName().startsWith("example."));
    }

    @Test
    void aLogHandlerIsNamed() throws Exception {
        isNamed(
                "java.util.logging.Logger.getLogger(\"\").addHandler(new Mine()); " + DONE,
                """
                static class Mine extends java.util.logging.Handler {
                    public void publish(java.util.logging.LogRecord record) {}
                    public void flush() {}
                    public void close() {}
                }
                """,
                "java.util.logging handler 'example.Main$Mine' of logger ''");
        var root = LogManager.getLogManager().getLogger("");
        for (var handler : root.getHandlers()) {
            if (handler.getClass().getName().startsWith("example.")) {
                root.removeHandler(handler);
            }
        }
    }

    @Test
    void anMBeanAndAShutdownHookAreNamed() throws Exception {
        isNamed(
                "Runtime.getRuntime().addShutdownHook(new Thread(() -> STATE.clear(), \"guests-hook\")); " + DONE,
                "static final List<String> STATE = new ArrayList<>();",
                "shutdown hook 'guests-hook'");
    }
}
