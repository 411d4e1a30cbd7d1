package io.factotum.scripts;

import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.NeverBegunException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what is left of runs, again and again while an engine is away. A run that is tried again waits for it: under
 * its name the end of the try before would pass for its own.
 */
final class Removals {

    private static final Logger log = LoggerFactory.getLogger(Removals.class);

    private final Vertx vertx;
    private final Executor executor;
    private final Duration pause;
    private final Map<UUID, Future<Void>> latest = new ConcurrentHashMap<>();

    /** @param pause before what could not be taken away is asked for again */
    Removals(Vertx vertx, Executor executor, Duration pause) {
        this.vertx = vertx;
        this.executor = executor;
        this.pause = pause;
    }

    /** Removes what is left of a run. If it fails, that is told, and it is tried again. */
    Future<Void> remove(UUID runId) {
        Future<Void> removal = executor.remove(runId);
        latest.put(runId, removal);
        return removal.onSuccess(removed -> latest.remove(runId, removal)).onFailure(cause -> {
            log.debug("Cannot remove what is left of run={}, trying again", runId, cause);
            vertx.setTimer(pause.toMillis(), timer -> removeAgain(runId, removal));
        });
    }

    private void removeAgain(UUID runId, Future<Void> failed) {
        if (latest.get(runId) == failed) {
            remove(runId);
        }
    }

    /** Completes when nothing is left of an earlier try; fails with a {@link NeverBegunException} if that cannot be removed now. */
    Future<Void> ofEarlierTry(UUID runId) {
        return latest.getOrDefault(runId, Future.succeededFuture())
                .recover(cause -> Future.failedFuture(new NeverBegunException(
                        NeverBegunException.ENGINE_UNAVAILABLE,
                        "Cannot run the script again: what its last try left cannot be removed: " + cause.getMessage(),
                        cause)));
    }
}
