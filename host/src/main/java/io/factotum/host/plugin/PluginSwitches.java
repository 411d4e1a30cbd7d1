package io.factotum.host.plugin;

import io.factotum.api.store.DocumentStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;

/** Which plugins a person has switched off, for all hosts of the installation. */
final class PluginSwitches {

    /** No plugin's id, so no plugin's documents. */
    static final String NAMESPACE = ":plugins";

    private final DocumentStore documents;

    PluginSwitches(DocumentStore documents) {
        this.documents = documents;
    }

    Future<Boolean> isOff(String id) {
        return documents.get(id).map(Optional::isPresent);
    }

    Future<Set<String>> allOff() {
        return documents.keys("").map(Set::copyOf);
    }

    Future<Void> turn(String id, boolean off) {
        return off ? documents.put(id, new JsonObject().put("disabled", true)) : documents.delete(id);
    }
}
