package io.factotum.api.resource;

import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A customer or a project: a label that a resource carries, not a thing of the host's own. */
public record Label(@Nullable UUID uuid, @Nullable String name) {

    /** From {@code {uuid, name}}, either of which may be absent. */
    public static Label fromJson(JsonObject json) {
        return new Label(JsonRecords.optionalUuid(json, "uuid"), json.getString("name"));
    }

    /** As {@code {uuid, name}}, without what is absent. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        if (uuid != null) {
            json.put("uuid", uuid.toString());
        }
        if (name != null) {
            json.put("name", name);
        }
        return json;
    }
}
