package io.factotum.host;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Does the main job once, over HTTP as anybody would, and tells of each step. Blocks; on the main thread only. */
final class Demo {

    private static final String OFFERING = "sqlite-database";
    private static final Duration LOOK = Duration.ofMillis(300);
    private static final Set<String> UNDER_WAY = Set.of("PENDING", "EXECUTING", "RUNNING");

    private final HttpClient client = HttpClient.newHttpClient();
    private final PrintStream out = System.out;
    private final Host.Address host;

    Demo(Host.Address host) {
        this.host = host;
    }

    void run() {
        try {
            out.println("Demo: ordering a resource of the offering " + OFFERING);
            JsonObject placed = post(
                    "/resources",
                    new JsonObject()
                            .put("offering", OFFERING)
                            .put("name", "demo")
                            .put("plan", "small")
                            .put("customer", new JsonObject().put("name", "Demo customer"))
                            .put("creator", new JsonObject().put("username", "demo")));
            String resource = placed.getJsonObject("resource").getString("uuid");
            follow(placed.getJsonObject("order").getString("run"));
            JsonObject made = get("/resources/" + resource);
            if (!made.getString("state").equals("OK")) {
                out.println("Demo: the resource is %s: %s"
                        .formatted(made.getString("state"), made.getString("error_message")));
                return;
            }
            out.println("Demo: the resource is OK; pulling its usage and report");
            follow(post("/resources/" + resource + "/pull", null)
                    .getJsonObject("run")
                    .getString("uuid"));
            show("resource", get("/resources/" + resource));
            show("usages", get("/resources/" + resource + "/usages"));
            show("report", get("/resources/" + resource + "/report"));
            out.println("Demo: done. The host goes on serving; stop it with Ctrl-C.");
        } catch (IOException | RuntimeException failure) {
            out.println("Demo: cannot go on: " + failure.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints what a run prints, as it comes, until it has ended. */
    private void follow(String run) throws IOException, InterruptedException {
        String shown = "";
        JsonObject now;
        do {
            Thread.sleep(LOOK.toMillis());
            now = get("/runs/" + run);
            JsonObject output = get("/runs/" + run + "/output");
            String text = output.getString("stdout") + output.getString("stderr");
            if (text.startsWith(shown) && text.length() > shown.length()) {
                text.substring(shown.length()).lines().forEach(line -> out.println("    | " + line));
                shown = text;
            }
        } while (UNDER_WAY.contains(now.getString("state")));
        out.println("Demo: run %s (%s by %s) has ended: %s %s"
                .formatted(
                        run,
                        now.getString("event_type"),
                        now.getString("executor"),
                        now.getString("state"),
                        now.getString("message")));
    }

    private void show(String what, JsonObject json) {
        out.println("Demo: stored " + what);
        json.encodePrettily().lines().forEach(line -> out.println("    " + line));
    }

    private JsonObject get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    private JsonObject post(String path, @Nullable JsonObject body) throws IOException, InterruptedException {
        return send(
                body == null
                        ? request(path).POST(BodyPublishers.noBody())
                        : request(path)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body.encode())));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(host.url() + "/api/v1" + path))
                .header("Authorization", "Bearer " + host.adminToken());
    }

    private JsonObject send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var response = client.send(request.build(), BodyHandlers.ofString());
        JsonObject json = new JsonObject(response.body());
        if (response.statusCode() >= 400) {
            throw new IOException("HTTP %d: %s %s"
                    .formatted(response.statusCode(), json.getString("detail"), json.getValue("errors", "")));
        }
        return json;
    }
}
