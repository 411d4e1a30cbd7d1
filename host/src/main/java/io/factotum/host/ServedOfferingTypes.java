package io.factotum.host;

import io.factotum.api.offering.CheckedSettings;
import io.factotum.host.offering.OfferingType;
import io.factotum.host.offering.OfferingTypes;
import io.factotum.host.plugin.PluginReconciler;
import io.factotum.host.plugin.ServedType;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;

/** The types of offerings that the loaded plugins serve. */
record ServedOfferingTypes(PluginReconciler plugins) implements OfferingTypes {

    private record Served(ServedType type) implements OfferingType {

        @Override
        public Future<CheckedSettings> check(JsonObject settings, JsonObject stored) {
            return type.check(settings, stored);
        }

        @Override
        public Future<JsonObject> redact(JsonObject stored) {
            return type.redact(stored);
        }
    }

    @Override
    public Optional<OfferingType> find(String type) {
        return plugins.served(type).map(Served::new);
    }

    @Override
    public Set<String> names() {
        return plugins.servedTypes();
    }
}
