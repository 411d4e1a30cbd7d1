package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.host.storage.Database;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims due runs, sends each to its plugin on this host, and keeps their leases while they are under way.
 *
 * <p>Woken inside the process after each submit, by PostgreSQL's NOTIFY for other hosts' submits, and by a slow regular
 * look as the net. All state lives on one context.
 */
final class RunDispatcher {

    /** The channel on which hosts tell each other which run is to be canceled. */
    static final String CANCELS = "factotum_cancels";

    private static final Logger LOG = LoggerFactory.getLogger(RunDispatcher.class);
    /** A plugin's answer may take as long as an engine is away; who gives up waiting must be the plugin. */
    private static final Duration ANSWER = Duration.ofDays(30);

    private static final Duration RECONNECT = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Context context;
    private final Database database;
    private final RunQueue queue;
    private final DispatcherSettings settings;
    private final String deliveryToken;
    private final Changes changes;
    private final LifecycleConsumers consumers;

    private final Map<UUID, Delivery> inFlight = new HashMap<>();
    private final Set<Long> timers = new HashSet<>();
    private final PullTurn pullTurn = new PullTurn();
    private @Nullable PgSubscriber subscriber;
    private boolean claiming;
    private boolean wakeAgain;
    private boolean stopped;

    /**
     * How a host dispatches.
     *
     * @param slots runs under way at once
     * @param look how often to look for due runs without being told
     */
    record DispatcherSettings(int slots, Duration lease, Duration look) {}

    RunDispatcher(
            Vertx vertx,
            Database database,
            RunQueue queue,
            DispatcherSettings settings,
            LifecycleConsumers consumers,
            Changes changes) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.database = database;
        this.queue = queue;
        this.settings = settings;
        this.deliveryToken = consumers.deliveryToken();
        this.changes = changes;
        this.consumers = consumers;
    }

    /** Starts: what this host had in hand when it ended is taken up first. */
    Future<Void> start() {
        return queue.releaseAll().map(released -> {
            if (released > 0) {
                LOG.info("Taking up {} run(s) that this host had in hand when it ended", released);
            }
            context.runOnContext(ready -> {
                every(settings.look(), () -> claim(true));
                every(settings.lease().dividedBy(3), this::renew);
                listen();
                claim(true);
            });
            return null;
        });
    }

    /** Stops claiming; runs under way are left to be adopted, by this host at its next start or by another. */
    Future<Void> stop() {
        stopped = true;
        timers.forEach(vertx::cancelTimer);
        Future<Void> deaf = subscriber == null ? Future.succeededFuture() : subscriber.close();
        return queue.releaseAll().eventually(() -> deaf).mapEmpty();
    }

    /** A plugin is served no more: what it has in hand is adopted by whoever serves it next. Any thread. */
    void takeBack(String plugin) {
        context.runOnContext(now -> {
            List<Delivery> lost = inFlight.values().stream()
                    .filter(delivery -> delivery.plugin().equals(plugin))
                    .toList();
            if (lost.isEmpty()) {
                return;
            }
            LOG.info("Taking back {} run(s) from plugin {}, to be adopted by the next", lost.size(), plugin);
            queue.release(lost.stream().map(Delivery::runId).toList())
                    .onFailure(failure -> LOG.error("Cannot take back runs of plugin {}", plugin, failure))
                    .onComplete(done -> {
                        // Not what has been given back and claimed again meanwhile.
                        lost.forEach(delivery -> inFlight.remove(delivery.runId(), delivery));
                        claim(true);
                    });
        });
    }

    /** A plugin is served from now on: also what another has left is its to adopt. Any thread. */
    void served() {
        context.runOnContext(now -> claim(true));
    }

    /** There may be something to claim. Any thread. */
    void wake() {
        context.runOnContext(now -> claim(false));
    }

    private void every(Duration period, Runnable task) {
        timers.add(vertx.setPeriodic(period.toMillis(), fired -> task.run()));
    }

    private void listen() {
        PgSubscriber listener = PgSubscriber.subscriber(vertx, database.options());
        subscriber = listener;
        listener.reconnectPolicy(retries -> stopped ? -1L : RECONNECT.toMillis());
        listener.channel("factotum_runs").handler(this::heardOf);
        listener.channel(CANCELS)
                // What was told while nobody listened has to be looked up.
                .subscribeHandler(listening -> context.runOnContext(now -> renew()))
                .handler(run -> consumers.cancel(UUID.fromString(run)));
        listener.connect().onFailure(failure -> {
            LOG.warn(
                    "Cannot listen for runs of other hosts, looking every {}: {}",
                    settings.look(),
                    failure.getMessage());
            if (!stopped) {
                timers.add(vertx.setTimer(settings.look().toMillis(), retry -> listen()));
            }
        });
    }

    private void heardOf(String writer) {
        if (!writer.equals(database.name())) {
            claim(false);
        }
    }

    private void claim(boolean alsoExpired) {
        Set<String> plugins = consumers.served();
        int free = settings.slots() - inFlight.size();
        if (stopped || free <= 0 || plugins.isEmpty()) {
            return;
        }
        if (claiming) {
            wakeAgain = true;
            return;
        }
        claiming = true;
        // What has begun is adopted also by a plugin that could begin no more.
        Future<List<Delivery>> expired =
                alsoExpired ? queue.claimExpired(plugins, free, inFlight.keySet()) : Future.succeededFuture(List.of());
        expired.onSuccess(this::send)
                .compose(sent -> claimPending())
                .onFailure(failure -> LOG.error("Cannot claim runs; trying again in {}", settings.look(), failure))
                .onComplete(done -> {
                    claiming = false;
                    if (wakeAgain) {
                        wakeAgain = false;
                        claim(false);
                    }
                });
    }

    private Future<?> claimPending() {
        Room room = room();
        if (stopped || room.most() == 0) {
            return Future.succeededFuture();
        }
        int owed = pullTurn.owed(room.most());
        return queue.claimPending(room.plugins(), room.most(), owed, inFlight.keySet())
                .compose(claimed -> {
                    pullTurn.taken(owed, claimed);
                    send(claimed);
                    boolean mayBeMore = claimed.size() == room.most() || !claimed.isEmpty() && queue.mayLeaveOut();
                    return mayBeMore ? claimPending() : Future.succeededFuture();
                });
    }

    /** How many runs can be taken at once of plugins any of which could take them all. */
    private record Room(Set<String> plugins, int most) {}

    private Room room() {
        Map<String, Long> inHand =
                inFlight.values().stream().collect(Collectors.groupingBy(Delivery::plugin, Collectors.counting()));
        Set<String> plugins = new HashSet<>();
        long most = Math.max(0, settings.slots() - inFlight.size());
        for (String plugin : consumers.served()) {
            long left = consumers.slots(plugin) - inHand.getOrDefault(plugin, 0L);
            if (left > 0) {
                plugins.add(plugin);
                most = Math.min(most, left);
            }
        }
        return new Room(plugins, plugins.isEmpty() ? 0 : (int) most);
    }

    private void send(List<Delivery> deliveries) {
        deliveries.forEach(this::send);
    }

    private void send(Delivery delivery) {
        UUID run = delivery.runId();
        inFlight.put(run, delivery);
        changes.run(run);
        DeliveryOptions options = new DeliveryOptions()
                .setLocalOnly(true)
                .setSendTimeout(ANSWER.toMillis())
                .addHeader(LifecycleConsumers.DELIVERY, deliveryToken)
                .addHeader(LifecycleConsumers.CANCELED, String.valueOf(delivery.canceled()));
        vertx.eventBus()
                .request(
                        LifecycleAddress.of(delivery.plugin(), delivery.event().type()),
                        delivery.event().toJson(),
                        options)
                .map(true)
                .recover(failure -> unanswered(delivery, failure))
                .onFailure(failure -> LOG.error("Cannot tell how a run went; it will be adopted run={}", run, failure))
                .onComplete(answered -> {
                    inFlight.remove(run, delivery);
                    // A run that nobody took waits for the next look: waking now would claim it again at once.
                    if (answered.succeeded() && answered.result()) {
                        claimIfAnyIsDue();
                    }
                });
    }

    /** As a run that has ended makes room for others. */
    private void claimIfAnyIsDue() {
        queue.isAnyDue(consumers.served()).otherwise(true).onSuccess(due -> {
            if (due) {
                wake();
            }
        });
    }

    /** Nobody served the address: the plugin has just gone. */
    private Future<Boolean> unanswered(Delivery delivery, Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS
                ? queue.giveBack(delivery)
                        .onSuccess(given -> changes.run(delivery.runId()))
                        .map(false)
                : Future.failedFuture(failure);
    }

    private void renew() {
        if (inFlight.isEmpty()) {
            return;
        }
        Set<UUID> asked = Set.copyOf(inFlight.keySet());
        queue.renew(asked)
                .onSuccess(held -> asked.forEach(run -> renewed(run, held)))
                .onFailure(failure -> LOG.warn("Cannot renew leases now; trying again: {}", failure.getMessage()));
    }

    private void renewed(UUID run, Map<UUID, Boolean> held) {
        if (Boolean.TRUE.equals(held.get(run))) {
            consumers.cancel(run);
        } else if (!held.containsKey(run) && inFlight.containsKey(run)) {
            LOG.debug("A run is no longer leased by this host run={}", run);
        }
    }
}
