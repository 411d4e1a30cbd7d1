package io.factotum.host.endtoend;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Makes an offering of type webhook. */
final class Hooks {

    private final String name;
    private final JsonObject settings = new JsonObject();

    Hooks(String name, String url) {
        this.name = name;
        settings.put("url", url)
                .put("secret", HookEndpoint.SECRET)
                .put("timeout", "PT1S")
                .put("give_up_after", "PT1M");
    }

    Hooks with(String key, Object value) {
        settings.put(key, value);
        return this;
    }

    /** Makes the offering; answers its name. */
    String offer(Api api) {
        api.post("/offerings", json());
        return name;
    }

    JsonObject json() {
        JsonObject storage = new JsonObject()
                .put("type", "storage")
                .put("name", "Storage")
                .put("unit", "GB")
                .put("billing", "usage");
        return new JsonObject()
                .put("name", name)
                .put("type", "webhook")
                .put("components", new JsonArray().add(storage))
                .put("plans", new JsonArray().add(plan("small", 10)).add(plan("large", 100)))
                .put("settings", settings);
    }

    private static JsonObject plan(String name, int storage) {
        return new JsonObject().put("name", name).put("amounts", new JsonObject().put("storage", storage));
    }
}
