package io.factotum.host.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** What an endpoint answers. */
record ApiResponse(int status, Map<String, String> headers, String contentType, Buffer body) implements Answer {

    static final String JSON = "application/json";
    static final String BYTES = "application/octet-stream";
    static final String TEXT = "text/plain; charset=utf-8";

    static ApiResponse ok(JsonObject body) {
        return new ApiResponse(200, Map.of(), JSON, body.toBuffer());
    }

    static ApiResponse created(String location, JsonObject body) {
        return new ApiResponse(201, Map.of("Location", location), JSON, body.toBuffer());
    }

    static ApiResponse accepted(String location, JsonObject body) {
        return new ApiResponse(202, Map.of("Location", location), JSON, body.toBuffer());
    }

    static ApiResponse accepted(JsonObject body) {
        return new ApiResponse(202, Map.of(), JSON, body.toBuffer());
    }

    static ApiResponse noContent() {
        return new ApiResponse(204, Map.of(), "", Buffer.buffer());
    }

    static ApiResponse text(String contentType, String body) {
        return new ApiResponse(200, Map.of(), contentType, Buffer.buffer(body));
    }

    static ApiResponse problem(Problem problem, String instance) {
        return new ApiResponse(
                problem.status(),
                problem.headers(),
                Problem.CONTENT_TYPE,
                problem.toJson(instance).toBuffer());
    }

    @Override
    public Future<Void> send(HttpServerResponse response) {
        response.setStatusCode(status);
        headers.forEach(response::putHeader);
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.putHeader("X-Content-Type-Options", "nosniff");
        if (status == 204) {
            return response.end();
        }
        return response.putHeader(HttpHeaders.CONTENT_TYPE, contentType).end(body);
    }
}
