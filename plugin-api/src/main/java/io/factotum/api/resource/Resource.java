package io.factotum.api.resource;

import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One ordered instance, as a plugin sees it.
 *
 * @param state {@code creating}, {@code ok}, {@code updating}, {@code terminating}, {@code terminated} or {@code erred}
 * @param backendId what the plugin named it at creation, if it did
 * @param attributes what it was ordered with
 */
public record Resource(
        UUID uuid,
        String name,
        String state,
        @Nullable String backendId,
        JsonObject backendMetadata,
        JsonObject attributes,
        Label customer,
        Label project) {

    /** From the members of the same names in snake case. */
    public static Resource fromJson(JsonObject json) {
        return new Resource(
                JsonRecords.uuid(json, "uuid"),
                JsonRecords.text(json, "name"),
                JsonRecords.text(json, "state"),
                json.getString("backend_id"),
                JsonRecords.object(json, "backend_metadata"),
                JsonRecords.object(json, "attributes"),
                Label.fromJson(JsonRecords.object(json, "customer")),
                Label.fromJson(JsonRecords.object(json, "project")));
    }

    /** With members of the same names in snake case; {@code backend_id} is left out if there is none. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("uuid", uuid.toString())
                .put("name", name)
                .put("state", state)
                .put("backend_metadata", backendMetadata)
                .put("attributes", attributes)
                .put("customer", customer.toJson())
                .put("project", project.toJson());
        if (backendId != null) {
            json.put("backend_id", backendId);
        }
        return json;
    }
}
