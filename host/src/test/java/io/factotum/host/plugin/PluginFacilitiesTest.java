package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static io.factotum.host.plugin.PluginHost.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.admin.AdminRequest;
import io.factotum.api.admin.AdminResponse;
import io.factotum.host.Refusal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes, health checks, meters, own threads and own resources: lent, and taken back. */
class PluginFacilitiesTest {

    private static final String ROUTES = """
            context.routes()
                .route("GET", "/items/{item}", r -> Future.succeededFuture(
                    io.factotum.api.admin.AdminResponse.ok(new JsonObject()
                        .put("item", r.parameter("item"))
                        .put("here", Vertx.currentContext() == here)
                        .put("loader", loaderOf(Thread.currentThread())))))
                .route("GET", "/items/first", r -> Future.succeededFuture(
                    io.factotum.api.admin.AdminResponse.text(200, "text/plain", "the first")))
                .route("GET", "/items/~home", r -> Future.succeededFuture(
                    io.factotum.api.admin.AdminResponse.text(200, "text/plain", "home")))
                .route("POST", "/items", r -> Future.succeededFuture(
                    io.factotum.api.admin.AdminResponse.json(201, r.json())))
                .route("GET", "/refuse", r -> Future.failedFuture(
                    new io.factotum.api.admin.AdminRefusal(409, "out_of_tea", "Cannot make tea: there is none.")))
                .route("GET", "/throw", r -> { throw new IllegalStateException("s3cret"); })
                .route("GET", "/null", r -> null)
                .route("GET", "/nothing", r -> Future.succeededFuture(null));
            here = Vertx.currentContext();
            return Future.succeededFuture();
            """;

    private final PluginHost host;

    PluginFacilitiesTest(@TempDir Path root) {
        this.host = new PluginHost(root);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private JarBuilder plugin(String startBody) {
        return JarBuilder.plugin("greeter", startBody, "Context here;");
    }

    private void runs(JarBuilder jar) throws Exception {
        host.with("greeter.jar", jar).started();
        host.reached("greeter.jar", "ACTIVE");
    }

    private Future<AdminResponse> ask(String method, String path, String body) {
        List<String> segments =
                path.equals("/") ? List.of() : List.of(path.substring(1).split("/"));
        return host.reconciler
                .requests()
                .answer(
                        "greeter",
                        new AdminRequest(method, path, Map.of(), Map.of(), Map.of(), Buffer.buffer(body)),
                        segments);
    }

    private Refusal refusal(String method, String path, String body) {
        return (Refusal) failure(ask(method, path, body));
    }

    @Test
    void aRouteIsAnsweredOnThePluginsContextAndTheMoreExactOneWins() throws Exception {
        runs(plugin(ROUTES));

        JsonObject answer = await(ask("GET", "/items/7", "")).body().toJsonObject();

        assertThat(answer.getString("item")).isEqualTo("7");
        assertThat(answer.getBoolean("here")).isTrue();
        assertThat(answer.getString("loader")).startsWith("greeter@");
        assertThat(await(ask("GET", "/items/first", "")).body()).hasToString("the first");
        assertThat(await(ask("GET", "/items/~home", "")).body()).hasToString("home");
        assertThat(await(ask("POST", "/items", "{\"a\": 1}")).status()).isEqualTo(201);
    }

    @Test
    void whatGoesWrongIsToldWithoutThePluginsWords() throws Exception {
        runs(plugin(ROUTES));

        assertThat(refusal("GET", "/refuse", "").code()).isEqualTo("out_of_tea");
        assertThat(refusal("POST", "/items", "{no").code()).isEqualTo("malformed_json");
        for (String path : List.of("/throw", "/null", "/nothing")) {
            Refusal failed = refusal("GET", path, "");
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.getMessage())
                    .contains("plugin 'greeter' failed on it")
                    .doesNotContain("s3cret");
        }
        Refusal other = refusal("PUT", "/items/7", "");
        assertThat(other.status()).isEqualTo(405);
        assertThat(other.headers()).containsEntry("Allow", "GET");
        assertThat(refusal("GET", "/elsewhere", "").getMessage()).contains("It has: ", "GET /items/{item}");
    }

    @Test
    void routesThatCannotBeAreToldAtStart() throws Exception {
        host.with(
                        "greeter.jar",
                        plugin(
                                "context.routes().route(\"GET\", \"/a/{x}\", r -> null).route(\"GET\", \"/a/{y}\", r -> null);"
                                        + " return Future.succeededFuture();"))
                .started();

        assertThat(host.reached("greeter.jar", "FAILED").getString("reason"))
                .contains("Cannot add route 'GET /a/{y}': there is such a route already.");
    }

    @Test
    void aPluginThatIsNotActiveAnswers503AndItsRoutesAreGoneWithIt() throws Exception {
        runs(plugin(ROUTES));
        await(host.reconciler.management().disable("greeter"));

        assertThat(refusal("GET", "/items/7", "").status()).isEqualTo(503);

        await(host.reconciler.management().remove("greeter"));
        assertThat(refusal("GET", "/items/7", "").status()).isEqualTo(404);
        collected();
    }

    @Test
    void healthIsAskedOnThePluginsContextAndEveryTroubleIsDown() throws Exception {
        runs(plugin("""
                here = Vertx.currentContext();
                context.health()
                    .check("fine", () -> Future.succeededFuture(Vertx.currentContext() == here
                        ? io.factotum.api.health.HealthStatus.up("here") : null))
                    .check("failing", () -> Future.failedFuture("no engine"))
                    .check("throwing", () -> { throw new IllegalStateException("broken"); })
                    .check("silent", () -> Promise.<io.factotum.api.health.HealthStatus>promise().future());
                return Future.succeededFuture();
                """));

        JsonObject health = await(host.reconciler.management().get("greeter")).getJsonObject("health");

        assertThat(health.getString("status")).isEqualTo("DOWN");
        assertThat(health.getJsonArray("checks").encode())
                .contains("{\"name\":\"fine\",\"status\":\"UP\",\"message\":\"here\"}")
                .contains("no engine")
                .contains("broken")
                .contains("It did not answer within 2 s.");
        await(host.reconciler.management().remove("greeter"));
        collected();
    }

    @Test
    void aRequiredPluginThatIsDownMakesTheHostNotReady() throws Exception {
        runs(plugin("""
                context.health().check("engine", () -> Future.succeededFuture(
                    io.factotum.api.health.HealthStatus.down("secret place")));
                return Future.succeededFuture();
                """).descriptor(json -> json.put("required", true)));

        assertThat(failure(host.reconciler.ready()).getMessage())
                .contains("greeter says that engine is DOWN")
                .doesNotContain("secret place");
    }

    @Test
    void metersCarryThePluginsIdAndGoWithIt() throws Exception {
        runs(plugin("""
                context.meters().counter("greetings", "How many.", "voice", "loud").increment();
                context.meters().counter("greetings", "How many.", "voice", "loud").add(2);
                context.meters().gauge("queue", "How long.").set(7);
                context.meters().timer("talks", "How long.").record(java.time.Duration.ofMillis(1500));
                try {
                    context.meters().gauge("greetings", "Something else.");
                } catch (IllegalArgumentException refused) {
                    return tell("refused", refused.getMessage());
                }
                return Future.succeededFuture();
                """));

        assertThat(host.meters.scrape())
                .contains("factotum_greeter_greetings_total{plugin=\"greeter\",voice=\"loud\"} 3.0")
                .contains("factotum_greeter_queue{plugin=\"greeter\"} 7.0")
                .contains("factotum_greeter_talks_seconds_sum{plugin=\"greeter\"} 1.5");
        assertThat(await(host.documents("greeter").get("refused")).orElseThrow().getString("value"))
                .contains("Cannot make Gauge 'greetings' with labels []: there is a Counter of that name");

        await(host.reconciler.management().reload("greeter"));
        assertThat(host.meters.scrape()).contains("greetings_total{plugin=\"greeter\",voice=\"loud\"} 3.0");
        await(host.reconciler.management().remove("greeter"));
        assertThat(host.meters.scrape()).doesNotContain("factotum_greeter_");
        collected();
    }

    @Test
    void blockingWorkIsDoneOnThreadsOfThePluginsOwn() throws Exception {
        runs(plugin(
                        "return context.blocking(() -> Thread.currentThread().getName() + ' ' + loaderOf(Thread.currentThread()))"
                                + ".compose(name -> tell(\"thread\", name + (Vertx.currentContext() != null)));")
                .descriptor(json -> json.put("threading", "event-loop")));

        assertThat(await(host.documents("greeter").get("thread")).orElseThrow().getString("value"))
                .matches("plugin-greeter-1-\\d+ greeter@1.0.0#\\w+true");
    }

    @Test
    void aResourceOfTheOwnJarIsReadAndOneThatIsNotThereIsTold() throws Exception {
        runs(plugin(
                        "return context.resource(\"pages/index.html\").compose(page -> tell(\"page\", page.toString()))"
                                + ".compose(v -> context.resource(\"pages/none.html\")).transform(r -> tell(\"none\", r.cause().getMessage()));")
                .entry("pages/index.html", "<p>hello"));

        assertThat(await(host.documents("greeter").get("page")).orElseThrow().getString("value"))
                .isEqualTo("<p>hello");
        assertThat(await(host.documents("greeter").get("none")).orElseThrow().getString("value"))
                .isEqualTo("Cannot read 'pages/none.html': the jar of plugin 'greeter' has no such entry.");
    }

    @Test
    void whatAStoppedPluginStoresLateIsNotStored() throws Exception {
        runs(plugin("""
                Thread late = new Thread(() -> {
                    try {
                        Thread.sleep(300);
                    } catch (InterruptedException gone) {
                        return;
                    }
                    context.documents().put("late", new JsonObject())
                        .onFailure(thrown -> System.setProperty("factotum.test.late", String.valueOf(thrown.getMessage())));
                });
                context.vertx().eventBus().consumer("go", m -> late.start());
                return Future.succeededFuture();
                """));
        host.vertx.eventBus().send("go", "");
        await(host.reconciler.management().remove("greeter"));

        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.getProperty("factotum.test.late") == null) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.sleep(20);
        }
        assertThat(System.clearProperty("factotum.test.late")).isEqualTo("the plugin was stopped");
        assertThat(await(host.documents("greeter").get("late"))).isEmpty();
    }

    private void collected() throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (host.leaks("greeter").getInteger("collected") == 0) {
            assertThat(System.nanoTime()).as("the class loader is still there").isLessThan(until);
            System.gc();
            Thread.sleep(50);
        }
    }
}
