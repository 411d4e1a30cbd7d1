package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.host.lifecycle.ResultStore.Stored;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumers of the lifecycle addresses: a delivery of the dispatcher is handed to the plugin and its result
 * committed; a request of anyone else becomes a run of the queue and is answered when that has ended.
 *
 * <p>They run on the context that they are served on, the host's: what they store must not end with the plugin.
 */
final class LifecycleConsumers implements LifecycleServer {

    /** The header by which a delivery of this host's dispatcher is known. */
    static final String DELIVERY = "factotum-delivery";

    /** The header of a delivery whose run somebody has asked to cancel before. */
    static final String CANCELED = "factotum-canceled";

    private static final Logger LOG = LoggerFactory.getLogger(LifecycleConsumers.class);

    private final Vertx vertx;
    private final ResultStore results;
    private final PluginFailures failures;
    private final LifecycleRequests requests;
    private final Changes changes;
    private final int hostSlots;
    private final String deliveryToken = UUID.randomUUID().toString();
    private final Map<String, Served> served = new ConcurrentHashMap<>();
    private final Map<UUID, Served> underWay = new ConcurrentHashMap<>();
    private final Map<String, Integer> slots = new ConcurrentHashMap<>();
    private Consumer<String> listener = plugin -> {};
    private Consumer<String> withdrawalListener = plugin -> {};

    private record Served(Context context, LifecycleHandler handler, List<MessageConsumer<JsonObject>> consumers) {}

    LifecycleConsumers(
            Vertx vertx,
            ResultStore results,
            PluginFailures failures,
            LifecycleRequests requests,
            Changes changes,
            int hostSlots) {
        this.hostSlots = hostSlots;
        this.vertx = vertx;
        this.results = results;
        this.failures = failures;
        this.requests = requests;
        this.changes = changes;
    }

    String deliveryToken() {
        return deliveryToken;
    }

    /** The plugins that are served here. */
    Set<String> served() {
        return Set.copyOf(served.keySet());
    }

    /** How many events a plugin can have in hand at once here. */
    int slots(String pluginId) {
        return slots.getOrDefault(pluginId, Integer.MAX_VALUE);
    }

    /** Tells the dispatcher when a plugin begins to be served, or can take more. */
    void onServed(Consumer<String> newListener) {
        listener = newListener;
    }

    /** Tells the dispatcher when a plugin is served no more: it takes back what the plugin has in hand. */
    void onWithdrawn(Consumer<String> newListener) {
        withdrawalListener = newListener;
    }

    @Override
    public int hostSlots() {
        return hostSlots;
    }

    @Override
    public void slots(String pluginId, int most) {
        slots.put(pluginId, most);
        if (served.containsKey(pluginId)) {
            listener.accept(pluginId);
        }
    }

    @Override
    public Future<Void> serve(String pluginId, Context context, LifecycleHandler handler) {
        Served entry = new Served(context, handler, new ArrayList<>());
        if (served.putIfAbsent(pluginId, entry) != null) {
            return Future.failedFuture(new IllegalStateException(
                    "Cannot serve the lifecycle addresses of '%s': they are served already.".formatted(pluginId)));
        }
        Promise<Void> ready = Promise.promise();
        context.runOnContext(now -> {
            for (EventType type : EventType.values()) {
                entry.consumers()
                        .add(vertx.eventBus()
                                .consumer(
                                        LifecycleAddress.of(pluginId, type),
                                        message -> receive(pluginId, type, entry, message)));
            }
            Future.all(entry.consumers().stream()
                            .map(MessageConsumer::completion)
                            .toList())
                    .<Void>mapEmpty()
                    .onSuccess(done -> listener.accept(pluginId))
                    .onComplete(ready);
        });
        return ready.future();
    }

    @Override
    public Future<Void> unserve(String pluginId) {
        Served entry = served.remove(pluginId);
        if (entry == null) {
            return Future.succeededFuture();
        }
        underWay.values().removeIf(entry::equals);
        slots.remove(pluginId);
        return Future.join(entry.consumers().stream()
                        .map(MessageConsumer::unregister)
                        .toList())
                .<Void>mapEmpty()
                // Not before: what is sent in between would reach a plugin that answers no more.
                .onComplete(deaf -> withdrawalListener.accept(pluginId));
    }

    /** Asks the plugin to stop a run that it has in hand here; nothing happens if it has not. */
    void cancel(UUID run) {
        Served entry = underWay.get(run);
        if (entry != null) {
            entry.context().runOnContext(now -> guarded(() -> entry.handler().cancel(run))
                    .onFailure(failure -> LOG.warn("Cannot cancel a run run={}: {}", run, failure.getMessage())));
        }
    }

    private void receive(String pluginId, EventType type, Served entry, Message<JsonObject> message) {
        if (deliveryToken.equals(message.headers().get(DELIVERY))) {
            LifecycleEvent event = LifecycleEvent.fromJson(message.body());
            Future<JsonObject> delivered = deliver(event, entry);
            if (Boolean.parseBoolean(message.headers().get(CANCELED))) {
                cancel(event.id());
            }
            delivered.onSuccess(message::reply).onFailure(failure -> message.fail(500, failure.getMessage()));
        } else {
            requests.answer(pluginId, type, message);
        }
    }

    private Future<JsonObject> deliver(LifecycleEvent event, Served entry) {
        underWay.put(event.id(), entry);
        return guarded(() -> entry.handler().handle(event))
                .compose(result -> commit(event, entry, result), failure -> failures.toResult(event, failure)
                        .compose(told -> told.isEmpty()
                                ? Future.succeededFuture(new JsonObject())
                                : commit(event, entry, told.get())))
                .onComplete(done -> underWay.remove(event.id()));
    }

    private Future<JsonObject> commit(LifecycleEvent event, Served entry, LifecycleResult result) {
        return results.store(event, result).compose(stored -> {
            log(event, result, stored);
            if (stored == Stored.STALE) {
                // What there is of the run is now another delivery's.
                return Future.succeededFuture(result.toJson());
            }
            // Who waits for it need not wait for the plugin to clean up.
            changes.run(event.id());
            return guarded(() -> entry.handler().committed(event))
                    .otherwise(failure -> {
                        LOG.warn(
                                "Cannot clean up after a run; the sweep will run={}: {}",
                                event.id(),
                                failure.getMessage());
                        return null;
                    })
                    .map(result.toJson());
        });
    }

    private static void log(LifecycleEvent event, LifecycleResult result, Stored stored) {
        LOG.info(
                "Run {} {} run={} resource={} event={} attempt={}{}",
                stored.name().toLowerCase(Locale.ROOT),
                result.outcome().key(),
                event.id(),
                event.resource().uuid(),
                event.type().key(),
                event.attempt(),
                result.code() == null ? "" : " code=" + result.code());
    }

    private static <T> Future<T> guarded(Supplier<Future<T>> call) {
        try {
            Future<T> future = call.get();
            return future != null
                    ? future
                    : Future.failedFuture(new NullPointerException("the plugin answered null in place of a future"));
        } catch (Throwable thrown) {
            // Errors of a plugin, of linking too, must not end the host.
            return Future.failedFuture(thrown);
        }
    }
}
