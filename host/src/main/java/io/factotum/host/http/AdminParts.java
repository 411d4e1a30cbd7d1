package io.factotum.host.http;

import io.factotum.host.offering.OfferingService;
import io.factotum.host.output.OutputNews;
import io.factotum.host.output.OutputStore;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the API serves.
 *
 * @param readiness by name, what must be well for requests to be served: fails with the reason if it is not
 * @param metrics all meters, in the text format of Prometheus
 */
public record AdminParts(
        PgViews views,
        OutputStore outputs,
        OutputNews outputNews,
        OfferingService offerings,
        LifecycleOperations lifecycle,
        PluginOperations plugins,
        Map<String, Supplier<Future<Void>>> readiness,
        Supplier<String> metrics) {

    /** Copies the checks. */
    public AdminParts {
        readiness = Map.copyOf(readiness);
    }
}
