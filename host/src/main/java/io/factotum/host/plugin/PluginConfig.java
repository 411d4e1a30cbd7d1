package io.factotum.host.plugin;

import io.factotum.api.config.ConfigException;
import io.factotum.api.offering.Fault;
import io.factotum.host.config.ConfigFile;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's configuration, which fits the schema of its jar.
 *
 * @param resolved what the plugin gets
 * @param shown the same without secrets
 */
record PluginConfig(JsonObject resolved, JsonObject shown) {

    /**
     * As the file has it. Blocks.
     *
     * @throws ConfigException with everything that is wrong
     */
    static PluginConfig read(Path file, StagedJar jar) {
        return of(file, ConfigFile.readUnresolved(file), jar);
    }

    /**
     * As it would be if that stood in the file. Blocks.
     *
     * @param written references unresolved
     * @throws ConfigException with everything that is wrong
     */
    static PluginConfig of(Path file, JsonObject written, StagedJar jar) {
        JsonObject resolved = ConfigFile.resolve(file, written);
        JsonObject schema = jar.configSchema();
        check(file, resolved, schema);
        return new PluginConfig(
                resolved, ShownConfig.of(resolved, written, schema == null ? new JsonObject() : schema));
    }

    private static void check(Path file, JsonObject resolved, @Nullable JsonObject schema) {
        List<Fault> faults = schema == null ? List.of() : new JarSchema(schema).faults(resolved);
        if (!faults.isEmpty()) {
            throw new ConfigException(faults.stream()
                    .map(fault -> "%s: cannot use %s: %s"
                            .formatted(file, fault.pointer().isEmpty() ? "it" : fault.pointer(), fault.message()))
                    .toList());
        }
    }
}
