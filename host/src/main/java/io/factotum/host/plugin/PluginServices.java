package io.factotum.host.plugin;

import io.factotum.api.store.DocumentStore;
import io.factotum.api.store.ResourceStore;
import io.factotum.api.store.RunStore;
import io.factotum.api.store.SecretBox;
import io.factotum.host.lifecycle.LifecycleServer;
import io.factotum.host.storage.PluginSchema;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.Function;

/** What of the host is lent to plugins; the stores by plugin id. */
public record PluginServices(
        Function<String, RunStore> runs,
        Function<String, ResourceStore> resources,
        Function<String, DocumentStore> documents,
        Function<String, PluginSchema> schemas,
        MeterRegistry meters,
        SecretBox secrets,
        String installId,
        Clock clock,
        LifecycleServer lifecycle) {

    /** The run log as one plugin sees it. */
    public RunStore runs(String pluginId) {
        return runs.apply(pluginId);
    }

    /** The resources of one plugin's type. */
    public ResourceStore resources(String pluginId) {
        return resources.apply(pluginId);
    }

    /** One plugin's documents. */
    public DocumentStore documents(String pluginId) {
        return documents.apply(pluginId);
    }

    /** A plugin's tables, for one life of it: whoever asks closes them. */
    public PluginSchema schema(String pluginId) {
        return schemas.apply(pluginId);
    }
}
