package io.factotum.testkit;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * The HTTP API of the host under test, with its token.
 *
 * @param url without a path
 */
record HostApi(String url, String token) {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private static final String JSON = "application/json";

    HttpResponse<String> send(String method, String path) {
        return send(method, path, JSON, BodyPublishers.noBody());
    }

    HttpResponse<String> send(String method, String path, String body) {
        return send(method, path, JSON, BodyPublishers.ofString(body));
    }

    JsonObject get(String path) {
        return object(send("GET", path));
    }

    JsonObject post(String path, JsonObject body) {
        return object(send("POST", path, body.encode()));
    }

    JsonObject upload(byte[] jar) {
        return object(send("POST", "/api/v1/plugins", "application/octet-stream", BodyPublishers.ofByteArray(jar)));
    }

    /** What was answered; an answer of another kind fails the test, with all that it says. */
    static JsonObject object(HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError("%s %s was answered with %d: %s"
                    .formatted(
                            response.request().method(),
                            response.request().uri().getPath(),
                            response.statusCode(),
                            response.body()));
        }
        return response.body().isEmpty() ? new JsonObject() : new JsonObject(response.body());
    }

    private HttpResponse<String> send(String method, String path, String type, BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .method(method, body)
                .build();
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException("The host does not answer %s %s".formatted(method, path), failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for %s %s".formatted(method, path), stopped);
        }
    }
}
