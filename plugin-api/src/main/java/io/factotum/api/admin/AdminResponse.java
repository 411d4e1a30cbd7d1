package io.factotum.api.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * What a route of the plugin answers.
 *
 * @param status of HTTP, 200 to 599
 * @param headers without those that tell of the connection or of the body's length, which are the host's
 * @param body empty if there is none
 */
public record AdminResponse(int status, Map<String, String> headers, Buffer body) {

    private static final String CONTENT_TYPE = "Content-Type";

    /** Copies the headers. */
    public AdminResponse {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("Cannot answer with status %d. Expected 200 to 599.".formatted(status));
        }
        headers = Map.copyOf(headers);
    }

    /** 200 with a JSON object. */
    public static AdminResponse ok(JsonObject body) {
        return json(200, body);
    }

    /** A JSON object. */
    public static AdminResponse json(int status, JsonObject body) {
        return new AdminResponse(status, Map.of(CONTENT_TYPE, "application/json"), body.toBuffer());
    }

    /** A text of a media type: {@code text/html; charset=utf-8}. */
    public static AdminResponse text(int status, String contentType, String body) {
        return new AdminResponse(status, Map.of(CONTENT_TYPE, contentType), Buffer.buffer(body));
    }

    /** 204. */
    public static AdminResponse noContent() {
        return new AdminResponse(204, Map.of(), Buffer.buffer());
    }
}
