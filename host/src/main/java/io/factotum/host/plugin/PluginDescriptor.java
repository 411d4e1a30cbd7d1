package io.factotum.host.plugin;

import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What a plugin says of itself in {@code META-INF/plugin.json}.
 *
 * @param id its identity, whatever its file is called, and the type of the offerings it serves
 * @param version its own
 * @param api the line of plugin-api that it was built against
 * @param main the class that implements {@link io.factotum.api.Plugin}
 * @param threading where its code runs: on threads of its own unless it asks for an event loop
 * @param workerPoolSize how many threads it has of its own
 * @param settingsSchema the entry of its jar that checks offering settings
 * @param configSchema the entry of its jar that checks its configuration
 * @param required whether the host is not ready without it
 * @param after the plugins that are to be started before it, if they are there
 */
record PluginDescriptor(
        String id,
        String version,
        String api,
        String main,
        ThreadingModel threading,
        int workerPoolSize,
        SchemaEntry settingsSchema,
        SchemaEntry configSchema,
        boolean required,
        List<String> after,
        String description) {

    /**
     * An entry of its jar with a JSON Schema.
     *
     * @param isNamed whether it named that entry itself, so that it must be there
     */
    record SchemaEntry(String key, String name, boolean isNamed) {}

    /** Copies the list. */
    PluginDescriptor {
        after = List.copyOf(after);
    }

    static final String ENTRY = "META-INF/plugin.json";

    /** @throws RejectedJarException with everything that is wrong with it */
    static PluginDescriptor read(JsonObject json, HostVersions host) throws RejectedJarException {
        DescriptorReader reader = new DescriptorReader(json);
        PluginDescriptor descriptor = from(reader, host);
        reader.finish();
        return descriptor;
    }

    /** As far as it can be read; the reader is told of what is wrong. */
    static PluginDescriptor from(DescriptorReader reader, HostVersions host) {
        String id = reader.matching("id", DescriptorReader.ID, "a lower-case word such as 'custom-scripts'");
        String version = reader.matching("version", DescriptorReader.SEMVER, "a semantic version such as '1.4.0'");
        String api = reader.line("api", host::accepts, "this host has plugin-api " + host.api());
        reader.line("vertx", host.vertx()::equals, "this host runs Vert.x " + host.vertx());
        PluginDescriptor descriptor = new PluginDescriptor(
                id,
                version,
                api,
                reader.matching("main", DescriptorReader.CLASS_NAME, "the full name of a class"),
                reader.threading(),
                reader.workerPoolSize(),
                reader.schema("settingsSchema", "META-INF/settings.schema.json"),
                reader.schema("configSchema", "META-INF/config.schema.json"),
                reader.flag("required"),
                reader.ids("after"),
                reader.text("description", ""));
        reader.text("vendor", "");
        reader.text("license", "");
        reader.text("homepage", "");
        return descriptor;
    }
}
