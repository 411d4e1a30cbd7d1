package io.factotum.api.resource;

import io.vertx.core.json.JsonObject;
import java.util.UUID;

/**
 * A named set of component amounts that an offering can be ordered under.
 *
 * @param amounts {@code {component type: amount}}
 */
public record Plan(UUID uuid, String name, JsonObject amounts) {

    /** From {@code {uuid, name, amounts}}. */
    public static Plan fromJson(JsonObject json) {
        return new Plan(
                JsonRecords.uuid(json, "uuid"), JsonRecords.text(json, "name"), JsonRecords.object(json, "amounts"));
    }

    /** As {@code {uuid, name, amounts}}. */
    public JsonObject toJson() {
        return new JsonObject().put("uuid", uuid.toString()).put("name", name).put("amounts", amounts);
    }
}
