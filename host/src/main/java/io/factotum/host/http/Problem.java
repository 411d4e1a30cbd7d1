package io.factotum.host.http;

import io.factotum.api.offering.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An error as the API tells it (RFC 9457).
 *
 * @param code a stable word for its kind
 * @param detail for a person
 * @param errors {@code {pointer|parameter|check, message}} of each single fault
 * @param headers to send with it
 */
record Problem(int status, String code, String detail, List<JsonObject> errors, Map<String, String> headers) {

    static final String CONTENT_TYPE = "application/problem+json";

    Problem(int status, String code, String detail) {
        this(status, code, detail, List.of(), Map.of());
    }

    /** The request comes without the token. */
    static Problem unauthorized() {
        return new Problem(
                401,
                "unauthorized",
                "Cannot admit the request: it comes without the right token. Expected the header"
                        + " 'Authorization: Bearer <token>'.",
                List.of(),
                Map.of("WWW-Authenticate", "Bearer realm=\"factotum\""));
    }

    /** The request breaks the OpenAPI file, in all these ways. */
    static Problem invalidRequest(List<JsonObject> errors) {
        return new Problem(
                400,
                "invalid_request",
                "Cannot accept the request: %d thing%s wrong with it, see errors."
                        .formatted(errors.size(), errors.size() == 1 ? " is" : "s are"),
                errors,
                Map.of());
    }

    static JsonObject parameterError(String parameter, String message) {
        return new JsonObject().put("parameter", parameter).put("message", message);
    }

    static List<JsonObject> errors(List<Fault> faults) {
        return faults.stream().map(Fault::toJson).toList();
    }

    JsonObject toJson(String instance) {
        JsonObject json = new JsonObject()
                .put("type", "urn:factotum:problem:" + code)
                .put("title", title())
                .put("status", status)
                .put("code", code)
                .put("detail", detail)
                .put("instance", instance);
        if (!errors.isEmpty()) {
            json.put("errors", new JsonArray(errors));
        }
        return json;
    }

    /** The same for all problems of one kind: the code as words. */
    private String title() {
        return code.substring(0, 1).toUpperCase(Locale.ROOT) + code.substring(1).replace('_', ' ');
    }
}
