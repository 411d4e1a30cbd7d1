package io.factotum.host.plugin;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a plugin, as text: an exception of a plugin's would keep its classes alive.
 *
 * @param version of the jar that it is about, and {@code sha256} of its bytes; null for a file that is no plugin yet
 * @param phase in which it failed: config, load, construct, migrate, start
 * @param reason why, for a person
 * @param stack of the threads that hold it up
 */
record Transition(
        Instant at,
        PluginState state,
        @Nullable String version,
        @Nullable String sha256,
        @Nullable String phase,
        @Nullable String reason,
        @Nullable String stack) {

    JsonObject toJson() {
        JsonObject json = new JsonObject().put("at", at.toString()).put("state", state.name());
        putInto(json, "version", version);
        putInto(json, "sha256", sha256);
        putDetails(json);
        return json;
    }

    void putDetails(JsonObject json) {
        putInto(json, "phase", phase);
        putInto(json, "reason", reason);
        putInto(json, "stack", stack);
    }

    static void putInto(JsonObject json, String key, @Nullable String value) {
        if (value != null) {
            json.put(key, value);
        }
    }
}
