package io.factotum.host.http;

import io.factotum.host.offering.OfferingService;
import io.factotum.host.output.OutputNews;
import io.factotum.host.output.OutputStore;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the API serves.
 *
 * @param plugins describes each plugin that the host knows
 * @param readiness by name, what must be well for requests to be served: fails with the reason if it is not
 */
public record AdminParts(
        PgViews views,
        OutputStore outputs,
        OutputNews outputNews,
        OfferingService offerings,
        LifecycleOperations lifecycle,
        Supplier<List<JsonObject>> plugins,
        Map<String, Supplier<Future<Void>>> readiness) {

    /** Copies the checks. */
    public AdminParts {
        readiness = Map.copyOf(readiness);
    }
}
