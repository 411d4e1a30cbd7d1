package io.factotum.host.endtoend;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** An offering in the making whose scripts are in shell. */
final class Scripts {

    /** Leaves a line for each time it begins and ends; in between it waits until the test lets it go. */
    static final String WAITS = """
            echo line >> "$SHARED/$RUN_UUID.begun"
            echo "begun"
            while [ ! -e "$SHARED/$RUN_UUID.go" ]; do sleep 0.1; done
            echo line >> "$SHARED/$RUN_UUID.ended"
            echo "id-$RESOURCE_NAME"
            """;

    /** The same, but does not wait. */
    static final String QUICK = """
            echo line >> "$SHARED/$RUN_UUID.begun"
            echo line >> "$SHARED/$RUN_UUID.ended"
            echo "id-$RESOURCE_NAME"
            """;

    private final String name;
    private final JsonArray environ;
    private final JsonObject settings = new JsonObject();
    private String failedCreation = "hold";

    Scripts(String name, Installation installation) {
        this.name = name;
        this.environ = new JsonArray()
                .add(variable("SHARED", installation.where().seen(installation.shared()), false))
                .add(variable(Installation.MARK, installation.mark(), false));
        settings.put("language", "shell").put("environ", environ).put("timeout", "PT5M");
    }

    Scripts create(String script) {
        return with("create", script);
    }

    Scripts terminate(String script) {
        return with("terminate", script);
    }

    Scripts with(String key, Object value) {
        settings.put(key, value);
        return this;
    }

    Scripts failedCreation(String policy) {
        failedCreation = policy;
        return this;
    }

    Scripts secret(String variable, String value) {
        environ.add(variable(variable, value, true));
        return this;
    }

    /** Makes the offering; answers its name. */
    String offer(Api api) {
        api.post("/offerings", json());
        return name;
    }

    private JsonObject json() {
        return new JsonObject()
                .put("name", name)
                .put("type", "custom-scripts")
                .put(
                        "components",
                        new JsonArray(List.of(component("cpu", "hours", "usage"), component("storage", "GB", "limit"))))
                .put("plans", new JsonArray(List.of(plan("small", 10), plan("large", 100))))
                .put("failed_creation", failedCreation)
                .put("settings", settings);
    }

    private static JsonObject component(String type, String unit, String billing) {
        return new JsonObject()
                .put("type", type)
                .put("name", type)
                .put("unit", unit)
                .put("billing", billing);
    }

    private static JsonObject plan(String name, int storage) {
        return new JsonObject().put("name", name).put("amounts", new JsonObject().put("storage", storage));
    }

    private static JsonObject variable(String name, String value, boolean secret) {
        return new JsonObject().put("name", name).put("value", value).put("secret", secret);
    }
}
