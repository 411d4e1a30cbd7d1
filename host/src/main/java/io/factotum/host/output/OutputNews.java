package io.factotum.host.output;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from PostgreSQL, for all readers of this host over one connection, which runs have more output or have ended,
 * on whichever host they are carried out. Best effort: readers look by themselves now and then.
 */
public final class OutputNews {

    private static final Logger LOG = LoggerFactory.getLogger(OutputNews.class);
    private static final Duration RECONNECT = Duration.ofSeconds(1);
    private static final DeliveryOptions HERE = new DeliveryOptions().setLocalOnly(true);

    private final Vertx vertx;
    private final Database database;
    private final Map<String, Set<Runnable>> readers = new ConcurrentHashMap<>();
    private @Nullable PgSubscriber subscriber;
    private boolean stopped;

    /** Deaf until {@link #start()}. */
    public OutputNews(Vertx vertx, Database database) {
        this.vertx = vertx;
        this.database = database;
    }

    /** Begins to listen; a connection that fails is tried again until {@link #stop()}. */
    public void start() {
        PgSubscriber listener = PgSubscriber.subscriber(vertx, database.options());
        subscriber = listener;
        listener.reconnectPolicy(retries -> stopped ? -1L : RECONNECT.toMillis());
        listener.channel("factotum_output").handler(this::heardOf);
        listener.connect().onFailure(failure -> {
            LOG.warn("Cannot listen for output of runs, trying again: {}", failure.getMessage());
            if (!stopped) {
                vertx.setTimer(RECONNECT.toMillis(), retry -> start());
            }
        });
    }

    /** Ends listening. */
    public Future<Void> stop() {
        stopped = true;
        return subscriber == null ? Future.succeededFuture() : subscriber.close();
    }

    /** Calls it, on any thread, whenever there is news of the run, until {@link #forget}. */
    void tell(String run, Runnable reader) {
        readers.compute(run, (id, those) -> {
            Set<Runnable> all = those == null ? ConcurrentHashMap.newKeySet() : those;
            all.add(reader);
            return all;
        });
    }

    void forget(String run, Runnable reader) {
        readers.computeIfPresent(run, (id, those) -> {
            those.remove(reader);
            return those.isEmpty() ? null : those;
        });
    }

    private void heardOf(String run) {
        vertx.eventBus().publish(LifecycleAddress.OUTPUT_CHANGED, new JsonObject().put("run", run), HERE);
        readers.getOrDefault(run, Set.of()).forEach(Runnable::run);
    }
}
