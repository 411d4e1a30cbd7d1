package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The HTTP API of a host, as its users see it. */
final class Api {

    private static final Set<String> UNDER_WAY = Set.of("PENDING", "RUNNING");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String url;
    private final String token;

    Api(String url, String token) {
        this.url = url + "/api/v1";
        this.token = token;
    }

    /** What an order is answered with. */
    record Placed(String resource, String order, String run) {}

    JsonObject get(String path) {
        return ok(request(path).GET());
    }

    /** As it comes, for whoever looks for what must not be in it. */
    String text(String path) {
        return send(request(path).GET()).body();
    }

    JsonObject post(String path, @Nullable JsonObject body) {
        return ok(request(path).POST(body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode())));
    }

    /** The status of what is expected to be refused or not. */
    int status(String path, JsonObject body) {
        return send(request(path).POST(BodyPublishers.ofString(body.encode()))).statusCode();
    }

    /** What is answered to what is refused. */
    String refusal(String path, JsonObject body) {
        HttpResponse<String> response = send(request(path).POST(BodyPublishers.ofString(body.encode())));
        assertThat(response.statusCode()).as(response.body()).isBetween(400, 499);
        return response.body();
    }

    /** Orders a resource of that name, under the small plan. */
    Placed create(String offering, String name) {
        return create(
                new JsonObject().put("offering", offering).put("name", name).put("plan", "small"));
    }

    Placed create(JsonObject wanted) {
        return placed(post("/resources", wanted));
    }

    Placed update(String resource, JsonObject change) {
        return placed(ok(request("/resources/" + resource).method("PATCH", BodyPublishers.ofString(change.encode()))));
    }

    Placed terminate(String resource) {
        return placed(post("/resources/" + resource + "/terminate", null));
    }

    /** Has usage and report read; answers the run. */
    String pull(String resource) {
        return post("/resources/" + resource + "/pull", null)
                .getJsonObject("run")
                .getString("uuid");
    }

    void cancel(String run) {
        post("/runs/" + run + "/cancel", null);
    }

    JsonObject resource(Placed placed) {
        return get("/resources/" + placed.resource());
    }

    JsonObject order(Placed placed) {
        return get("/orders/" + placed.order());
    }

    JsonObject outputOf(String run) {
        return get("/runs/" + run + "/output");
    }

    /** The run, once it has ended. Outages of the host on the way are waited out. */
    JsonObject ended(String run) {
        return run(run, json -> !UNDER_WAY.contains(json.getString("state")));
    }

    /** The run, once it is like that. */
    JsonObject run(String run, Predicate<JsonObject> like) {
        return Await.until("run " + run, () -> look("/runs/" + run).filter(like));
    }

    private Optional<JsonObject> look(String path) throws InterruptedException {
        try {
            HttpResponse<String> response = client.send(request(path).GET().build(), BodyHandlers.ofString());
            return response.statusCode() == 200
                    ? Optional.of(new JsonObject(response.body()))
                    : Optional.<JsonObject>empty();
        } catch (IOException outage) {
            return Optional.empty();
        }
    }

    private static Placed placed(JsonObject answer) {
        JsonObject order = answer.getJsonObject("order");
        return new Placed(
                answer.getJsonObject("resource").getString("uuid"), order.getString("uuid"), order.getString("run"));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
    }

    private JsonObject ok(HttpRequest.Builder request) {
        HttpResponse<String> response = send(request);
        assertThat(response.statusCode())
                .as("status of %s: %s", response.request(), response.body())
                .isBetween(200, 299);
        return new JsonObject(response.body());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new AssertionError("The host does not answer", failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for an answer", stopped);
        }
    }
}
