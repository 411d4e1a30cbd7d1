package io.factotum.api.lifecycle;

import io.factotum.api.resource.JsonRecords;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The order behind an event, and who placed it. */
public record OrderRef(
        UUID uuid, @Nullable String creatorEmail, @Nullable String creatorUsername) {

    static OrderRef fromJson(JsonObject json) {
        JsonObject creator = JsonRecords.object(json, "creator");
        return new OrderRef(JsonRecords.uuid(json, "uuid"), creator.getString("email"), creator.getString("username"));
    }

    JsonObject toJson() {
        JsonObject creator = new JsonObject();
        if (creatorEmail != null) {
            creator.put("email", creatorEmail);
        }
        if (creatorUsername != null) {
            creator.put("username", creatorUsername);
        }
        return new JsonObject().put("uuid", uuid.toString()).put("creator", creator);
    }
}
