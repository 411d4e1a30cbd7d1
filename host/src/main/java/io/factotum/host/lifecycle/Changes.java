package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells everyone on the bus of committed changes. Best effort: what counts is in the database. */
public final class Changes {

    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

    private final EventBus bus;
    private final Function<UUID, Future<Optional<JsonObject>>> runs;
    private final Function<UUID, Future<Optional<JsonObject>>> orders;

    /**
     * Changes told on that bus.
     *
     * @param runs reads a run as the HTTP API shows it
     * @param orders reads an order as the HTTP API shows it
     */
    public Changes(
            EventBus bus,
            Function<UUID, Future<Optional<JsonObject>>> runs,
            Function<UUID, Future<Optional<JsonObject>>> orders) {
        this.bus = bus;
        this.runs = runs;
        this.orders = orders;
    }

    /** A run has changed, and with it its order if it has one. The order is told first: who waits for the run finds it done. */
    void run(UUID runId) {
        runs.apply(runId)
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture()
                        : orderOf(found.get())
                                .onComplete(told -> bus.publish(LifecycleAddress.RUNS_CHANGED, found.get())))
                .onFailure(failure -> LOG.debug("Cannot tell of a change run={}", runId, failure));
    }

    /** The same, with the order as it stands. */
    void run(UUID runId, JsonObject order) {
        order(order);
        runs.apply(runId)
                .onSuccess(found -> found.ifPresent(run -> bus.publish(LifecycleAddress.RUNS_CHANGED, run)))
                .onFailure(failure -> LOG.debug("Cannot tell of a change run={}", runId, failure));
    }

    /** An order has changed that has no run. */
    void order(JsonObject order) {
        bus.publish(LifecycleAddress.ORDERS_CHANGED, order);
    }

    private Future<?> orderOf(JsonObject run) {
        String order = run.getString("order");
        return order == null
                ? Future.succeededFuture()
                : orders.apply(UUID.fromString(order)).onSuccess(found -> found.ifPresent(this::order));
    }
}
