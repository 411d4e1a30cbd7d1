package io.factotum.host.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the API asks the lifecycle for. Each fails with {@link io.factotum.host.Refusal} if it cannot be done. */
public interface LifecycleOperations {

    /**
     * Writes an order.
     *
     * @param request {@code {type: create|update|terminate, ...}} with the members of the HTTP body, and
     *     {@code resource} (UUID) unless it is a create
     * @return {@code {order, resource}}, once they are on disk
     */
    Future<JsonObject> submit(JsonObject request, @Nullable String idempotencyKey);

    /** Queues a pull; the run. */
    Future<JsonObject> pullNow(UUID resourceId);

    /** Asks for a run to be stopped; the run. */
    Future<JsonObject> cancel(UUID runId);
}
