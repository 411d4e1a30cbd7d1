package io.factotum.scripts.executor.docker;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * Removes containers whose run is over. Most of them are just about to end, and where that is waited for, the engine need not
 * start a process that kills them: a tenth of what it has to do for a container in a sandbox.
 */
final class GentleRemoval {

    // 0.6 s in all: a container whose script has ended takes some 10 ms, and longer on a machine that has much to do.
    private static final long[] PAUSES_MS = {20, 40, 80, 160, 320};

    private final Vertx vertx;
    private final DockerEngine engine;

    GentleRemoval(Vertx vertx, DockerEngine engine) {
        this.vertx = vertx;
        this.engine = engine;
    }

    /** Removes a container; by force if it has not ended by itself soon. Nothing happens if it is gone or going. */
    Future<Void> of(String idOrName) {
        return attempt(idOrName, 0);
    }

    private Future<Void> attempt(String idOrName, int pauses) {
        if (pauses == PAUSES_MS.length) {
            return engine.remove(idOrName);
        }
        return engine.removeUnlessRunning(idOrName)
                .compose(
                        removed -> removed
                                ? Future.succeededFuture()
                                : vertx.timer(PAUSES_MS[pauses], TimeUnit.MILLISECONDS)
                                        .compose(v -> attempt(idOrName, pauses + 1)),
                        // Engines differ in how they say that it runs.
                        cause -> EngineFault.isAnswer(cause) ? engine.remove(idOrName) : Future.failedFuture(cause));
    }
}
