package io.factotum.host.plugin;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is told about one file of the plugins directory.
 *
 * @param jar once it is staged
 * @param sha256 of its bytes, once they were read
 * @param phase in which it failed: config, load, construct, start
 * @param reason why it is where it is, for a person
 * @param since when it came into this state
 */
record PluginEntry(
        String file,
        PluginState state,
        @Nullable StagedJar jar,
        @Nullable String sha256,
        @Nullable String phase,
        @Nullable String reason,
        Instant since) {

    /** As the HTTP API shows it and the bus tells it; what is not known is absent. */
    JsonObject toJson() {
        JsonObject json = new JsonObject();
        if (jar != null) {
            json.put("id", jar.descriptor().id())
                    .put("version", jar.descriptor().version());
        }
        json.put("state", state.name()).put("file", file);
        put(json, "sha256", sha256);
        put(json, "phase", phase);
        put(json, "reason", reason);
        json.put("since", since.toString());
        if (jar != null) {
            json.put("description", jar.descriptor().description())
                    .put("required", jar.descriptor().required());
        }
        return json;
    }

    private static void put(JsonObject json, String key, @Nullable String value) {
        if (value != null) {
            json.put(key, value);
        }
    }
}
