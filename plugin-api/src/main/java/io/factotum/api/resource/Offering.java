package io.factotum.api.resource;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What can be ordered, as a plugin sees it.
 *
 * @param type the id of the plugin that serves it
 * @param revision grows with each change of the offering
 * @param settings as the plugin's {@link io.factotum.api.offering.OfferingSupport} sealed them
 */
public record Offering(
        UUID uuid, String name, String type, int revision, List<Component> components, JsonObject settings) {

    /** Copies the components. */
    public Offering {
        components = List.copyOf(components);
    }

    /** The component with that type. */
    public Optional<Component> component(String componentType) {
        return components.stream().filter(c -> c.type().equals(componentType)).findFirst();
    }

    /** From {@code {uuid, name, type, revision, components, settings}}. */
    public static Offering fromJson(JsonObject json) {
        return new Offering(
                JsonRecords.uuid(json, "uuid"),
                JsonRecords.text(json, "name"),
                JsonRecords.text(json, "type"),
                json.getInteger("revision", 0),
                JsonRecords.list(json.getJsonArray("components"), Component::fromJson),
                JsonRecords.object(json, "settings"));
    }

    /** As {@code {uuid, name, type, revision, components, settings}}. */
    public JsonObject toJson() {
        return new JsonObject()
                .put("uuid", uuid.toString())
                .put("name", name)
                .put("type", type)
                .put("revision", revision)
                .put("components", JsonRecords.array(components, Component::toJson))
                .put("settings", settings);
    }
}
