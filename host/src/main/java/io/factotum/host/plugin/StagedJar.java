package io.factotum.host.plugin;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole, checked jar in its private place.
 *
 * @param file its name in the plugins directory
 * @param copy the private copy, which never changes
 * @param settingsSchema the JSON Schema of offering settings, if the jar has one
 * @param configSchema the JSON Schema of the plugin's configuration, if the jar has one
 * @param migrations the entries with the migrations of its tables
 */
record StagedJar(
        String file,
        Path copy,
        String sha256,
        PluginDescriptor descriptor,
        @Nullable JsonObject settingsSchema,
        @Nullable JsonObject configSchema,
        List<String> migrations) {

    /** For people: {@code custom-scripts@0.1.0#5f2b61c0}. */
    String label() {
        return "%s@%s#%s".formatted(descriptor.id(), descriptor.version(), sha256.substring(0, 8));
    }

    /** The same jar, as the file of that name. */
    StagedJar in(String name) {
        return new StagedJar(name, copy, sha256, descriptor, settingsSchema, configSchema, migrations);
    }
}
