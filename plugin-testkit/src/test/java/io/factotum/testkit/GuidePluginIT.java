package io.factotum.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plugin that docs/plugin-guide.md quotes, with a service to call. */
class GuidePluginIT {

    private static final String TOKEN = "open-sesame";

    @RegisterExtension
    static final PluginHarness plugin = PluginHarness.ofJar(jar());

    private final Set<String> machines = new ConcurrentSkipListSet<>();
    private HttpServer service;

    private static Path jar() {
        try {
            Path classes = Path.of("target/test-classes");
            Path directory = Files.createTempDirectory(Path.of("target"), "machines");
            GuestJar.copy(classes.resolve("example/machines"), directory.resolve("example/machines"));
            GuestJar.copy(classes.resolve("machines"), directory);
            return Files.write(
                    directory.resolve("machines.jar"), PluginJar.pack(directory).bytes());
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @BeforeEach
    void startService() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/machines/", this::answer);
        service.start();
    }

    @AfterEach
    void stopService() {
        service.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().replace("/machines/", "");
        boolean known = ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
        boolean there = machines.contains(name);
        int status = !known ? 403 : there || exchange.getRequestMethod().equals("PUT") ? 200 : 404;
        if (known && exchange.getRequestMethod().equals("PUT")) {
            machines.add(name);
        } else if (known && exchange.getRequestMethod().equals("DELETE")) {
            machines.remove(name);
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private JsonObject settings() {
        return new JsonObject()
                .put(
                        "url",
                        "http://127.0.0.1:%d/machines"
                                .formatted(service.getAddress().getPort()))
                .put("token", TOKEN);
    }

    private JsonObject offer(JsonObject settings) {
        return plugin.offer(new JsonObject().put("settings", settings));
    }

    @Test
    void machineIsMadeLookedAtAndRemoved() {
        EndedRun created = plugin.order(offer(settings()), "box").succeeded();
        assertThat(machines).containsExactly(created.resource().getString("backend_id"));
        assertThat(created.stdout()).startsWith("asked for machine-");

        plugin.pull(created.resourceId()).succeeded();
        assertThat(plugin.get("/api/v1/resources/" + created.resourceId() + "/report")
                        .encode())
                .contains("It is there.");
        plugin.terminate(created.resourceId()).succeeded();
        assertThat(machines).isEmpty();
    }

    @Test
    void tokenIsNeverShownAndIsKeptWhereItIsNotSentAgain() {
        JsonObject offering = offer(settings());
        assertThat(offering.encode()).doesNotContain(TOKEN);
        JsonObject changed = new JsonObject()
                .put("name", offering.getString("name"))
                .put("type", plugin.id())
                .put("settings", new JsonObject().put("url", settings().getString("url")));
        assertThat(plugin.http("PUT", "/api/v1/offerings/" + offering.getString("uuid"), changed)
                        .statusCode())
                .isEqualTo(200);
        plugin.order(offering, "box").succeeded();
    }

    @Test
    void machineIsShownByARouteAndCountedByAMeter() {
        String name =
                plugin.order(offer(settings()), "box").succeeded().resource().getString("backend_id");
        assertThat(plugin.get("/api/v1/ext/machines/machines/" + name).getString("name"))
                .isEqualTo(name);
        assertThat(plugin.http("GET", "/api/v1/ext/machines/machines/none").body())
                .contains("no_such_machine");
        assertThat(plugin.http("GET", "/api/v1/ext/machines/page").body()).contains("<title>Machines");
        assertThat(plugin.http("GET", "/metrics").body())
                .contains("factotum_machines_machines_made_total{plugin=\"machines\"} 1.0");
        assertThat(plugin.plugin().getJsonObject("health").encode()).contains("service");
    }

    @Test
    void misspeltConfigurationIsRefusedByItsSchema() {
        assertThatThrownBy(() -> plugin.configure("at_once: 2")).hasMessageContaining("at_once");
    }

    @Test
    void offeringWithoutATokenIsRefused() {
        assertThatThrownBy(() -> offer(new JsonObject().put("url", "http://127.0.0.1")))
                .hasMessageContaining("/token");
    }

    @Test
    void refusalOfTheServiceIsTheRunsMessage() {
        EndedRun run = plugin.order(offer(settings().put("token", "guessed")), "box");
        assertThat(run.state()).isEqualTo("FAILED");
        assertThat(run.message()).contains("the service answers with status 403");
    }

    @Test
    void serviceThatIsAwayIsTriedAgain() throws IOException {
        JsonObject offering = offer(settings());
        InetSocketAddress address = service.getAddress();
        service.stop(0);
        JsonObject order = new JsonObject(plugin.http(
                        "POST",
                        "/api/v1/resources",
                        new JsonObject()
                                .put("offering", offering.getString("uuid"))
                                .put("name", "box"))
                .body());
        String run = order.getJsonObject("order").getString("run");
        Waiting.until(() -> "a try that fails: " + plugin.get("/api/v1/runs/" + run), plugin.vertx(), () -> Optional.of(
                        plugin.get("/api/v1/runs/" + run))
                .filter(found -> "service_unreachable".equals(found.getString("code"))));

        service = HttpServer.create(address, 0);
        service.createContext("/machines/", this::answer);
        service.start();
        plugin.ended(run).succeeded();
        assertThat(machines).hasSize(1);
    }
}
