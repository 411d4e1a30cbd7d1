package io.factotum.host.lifecycle;

import io.factotum.host.lifecycle.RunDispatcher.DispatcherSettings;
import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The lifecycle of one host, put together: orders and runs in, the queue, the dispatcher, the pull scheduler. */
public final class Lifecycle {

    private final Vertx vertx;
    private final OrderService orders;
    private final RunService runs;
    private final LifecycleConsumers consumers;
    private final RunDispatcher dispatcher;
    private final PullScheduler pulls;
    private boolean started;

    /**
     * How it works.
     *
     * @param hostId the name that this host holds its leases under, the same at each start
     * @param installId of the installation that the database belongs to
     * @param slots runs under way at once on this host
     * @param slotsPerOffering on all hosts together, of an offering that does not say itself; 0: any number
     * @param slotsPerCustomer on all hosts together; 0: any number
     * @param lease how long a run stays this host's without being renewed
     * @param look how often to look for due runs and pulls without being told
     * @param keepPullRuns how long finished pull runs are kept
     */
    public record Settings(
            String hostId,
            UUID installId,
            int slots,
            int slotsPerOffering,
            int slotsPerCustomer,
            Duration lease,
            Duration look,
            RetryPolicy retries,
            Duration keepPullRuns) {}

    /** Reads single rows as the HTTP API shows them. */
    public record Views(
            Function<UUID, Future<Optional<JsonObject>>> orders,
            Function<UUID, Future<Optional<JsonObject>>> runs,
            Function<UUID, Future<Optional<JsonObject>>> resources) {}

    /** Puts it together; nothing happens before {@link #start()}. */
    public Lifecycle(Vertx vertx, Database database, Views views, Settings settings) {
        this.vertx = vertx;
        Changes changes = new Changes(vertx.eventBus(), views.runs(), views.orders());
        this.orders = new OrderService(database, changes, this::wake, views.orders(), views.resources());
        this.runs = new RunService(database, changes, this::wake, this::cancelHere, views.runs());
        this.consumers = new LifecycleConsumers(
                vertx,
                new ResultStore(database, settings.retries()),
                new PluginFailures(database),
                new LifecycleRequests(orders, runs, new RunWaiters(vertx, database)),
                changes,
                settings.slots());
        this.dispatcher = new RunDispatcher(
                vertx,
                database,
                new RunQueue(
                        database,
                        settings.hostId(),
                        settings.installId(),
                        settings.lease(),
                        FairClaim.Limits.of(settings.slotsPerOffering(), settings.slotsPerCustomer())),
                new DispatcherSettings(settings.slots(), settings.lease(), settings.look()),
                consumers,
                changes);
        this.pulls = new PullScheduler(vertx, database, this::wake, settings.look(), settings.keepPullRuns());
        consumers.onServed(plugin -> dispatcher.served());
        consumers.onWithdrawn(dispatcher::takeBack);
    }

    /** Begins to take orders from the bus, to dispatch and to schedule. */
    public Future<Void> start() {
        orders.serve(vertx);
        return dispatcher.start().onSuccess(done -> {
            pulls.start();
            started = true;
        });
    }

    /** Stops claiming; what is under way is left to be adopted. */
    public Future<Void> stop() {
        started = false;
        pulls.stop();
        return dispatcher.stop();
    }

    /** Whether runs are dispatched. */
    public boolean isStarted() {
        return started;
    }

    /** Takes orders. */
    public OrderService orders() {
        return orders;
    }

    /** Takes wishes about runs. */
    public RunService runs() {
        return runs;
    }

    /** Where plugins are registered. */
    public LifecycleServer server() {
        return consumers;
    }

    private void wake() {
        dispatcher.wake();
    }

    private void cancelHere(UUID run) {
        consumers.cancel(run);
    }
}
