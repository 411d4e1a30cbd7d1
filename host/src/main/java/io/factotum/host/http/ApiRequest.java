package io.factotum.host.http;

import io.factotum.api.resource.JsonRecords;
import io.factotum.host.storage.PageRequest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request that keeps to the OpenAPI file.
 *
 * @param parameters of path, query and headers, under the names of the file
 * @param body empty if none was sent, or none of JSON
 * @param raw the body as it was sent, where it is not JSON; else empty
 */
record ApiRequest(Map<String, String> parameters, JsonObject body, Buffer raw) {

    /** The id in the path. */
    UUID id() {
        return JsonRecords.parseUuid("id", String.valueOf(parameters.get("id")));
    }

    @Nullable
    String parameter(String name) {
        return parameters.get(name);
    }

    /** The page that is asked for, filtered by those of the given parameters that were sent. */
    PageRequest page(String... filters) {
        Map<String, String> sent = new HashMap<>();
        for (String filter : filters) {
            String value = parameters.get(filter);
            if (value != null) {
                sent.put(filter, value);
            }
        }
        return new PageRequest(
                sent, Integer.parseInt(parameters.getOrDefault("limit", "50")), parameters.get("cursor"));
    }
}
