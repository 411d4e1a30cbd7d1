package io.factotum.api.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request to a route of the plugin. It has passed the administrator's token, which is not among the headers.
 *
 * @param method {@code GET}, {@code POST} and so on
 * @param path below {@code /api/v1/ext/<plugin id>}, as it was sent
 * @param parameters by name, what stood in the place of the route's segments in braces, decoded
 * @param query by name, every value in order, decoded
 * @param headers by name in lower case; several of one name joined by a comma
 * @param body empty if there is none
 */
public record AdminRequest(
        String method,
        String path,
        Map<String, String> parameters,
        Map<String, List<String>> query,
        Map<String, String> headers,
        Buffer body) {

    /** Copies the maps. */
    public AdminRequest {
        parameters = Map.copyOf(parameters);
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    /** What stood in the place of the segment {@code {name}} of the route. */
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "Cannot find parameter '%s': the route has %s.".formatted(name, parameters.keySet()));
        }
        return value;
    }

    /** The first value of that name in the query. */
    public Optional<String> queryParameter(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }

    /**
     * The body as a JSON object.
     *
     * @throws AdminRefusal with 400 if it is none
     */
    public JsonObject json() {
        try {
            return new JsonObject(body);
        } catch (DecodeException | ClassCastException malformed) {
            // Not the parser's own words: they quote the body, and there may be a secret in it.
            throw new AdminRefusal(400, "malformed_json", "Cannot read the body: it is not one JSON object in UTF-8.");
        }
    }
}
