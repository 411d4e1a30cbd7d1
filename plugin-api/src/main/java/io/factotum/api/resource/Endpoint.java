package io.factotum.api.resource;

import io.vertx.core.json.JsonObject;

/** Where people reach a resource. */
public record Endpoint(String name, String url) {

    /** From {@code {name, url}}. */
    public static Endpoint fromJson(JsonObject json) {
        return new Endpoint(JsonRecords.text(json, "name"), JsonRecords.text(json, "url"));
    }

    /** As {@code {name, url}}. */
    public JsonObject toJson() {
        return new JsonObject().put("name", name).put("url", url);
    }
}
