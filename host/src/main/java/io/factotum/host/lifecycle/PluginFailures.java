package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What it means when a plugin's handler fails instead of answering with a result. */
final class PluginFailures {

    private static final Logger LOG = LoggerFactory.getLogger(PluginFailures.class);

    private final Database database;

    PluginFailures(Database database) {
        this.database = database;
    }

    /** The result to store for it; empty if the delivery no longer counts. */
    Future<Optional<LifecycleResult>> toResult(LifecycleEvent event, Throwable failure) {
        return database.retrying("look at run " + event.id(), () -> database.client()
                        .preparedQuery("SELECT attempt, state, begun_at IS NOT NULL AS begun FROM runs WHERE id = $1")
                        .execute(Tuple.of(event.id())))
                .map(rows -> toResult(event, failure, rows.iterator().next()));
    }

    private static Optional<LifecycleResult> toResult(LifecycleEvent event, Throwable failure, Row run) {
        if (!run.getString("state").equals("RUNNING") || run.getInteger("attempt") != event.attempt()) {
            LOG.info("A delivery no longer counts run={} attempt={}", event.id(), event.attempt());
            return Optional.empty();
        }
        LOG.error(
                "The plugin's handler failed run={} plugin={}",
                event.id(),
                event.offering().type(),
                failure);
        String message =
                "The plugin '%s' failed: %s.".formatted(event.offering().type(), failure);
        return Optional.of(LifecycleResult.failed(
                run.getBoolean("begun") ? Outcome.FAILED : Outcome.NOT_BEGUN, "plugin_failed", message));
    }
}
