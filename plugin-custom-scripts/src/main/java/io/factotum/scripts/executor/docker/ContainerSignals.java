package io.factotum.scripts.executor.docker;

import io.factotum.scripts.executor.Exit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a container, and remembers why. A signal is sent again until the engine has heard it. */
final class ContainerSignals {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerSignals.class);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final DockerEngine engine;
    private final String id;
    private final BooleanSupplier pointless;
    private Exit.@Nullable Reason reason;

    ContainerSignals(Vertx vertx, DockerEngine engine, String id, BooleanSupplier pointless) {
        this.vertx = vertx;
        this.engine = engine;
        this.id = id;
        this.pointless = pointless;
    }

    /** Why the container was stopped; null if it was not. */
    Exit.@Nullable Reason reason() {
        return reason;
    }

    Future<Void> stop(Exit.Reason why, Duration grace) {
        if (reason == null) {
            reason = why;
        }
        return send("TERM").onSuccess(v -> vertx.setTimer(Math.max(1, grace.toMillis()), timer -> kill()));
    }

    void kill() {
        send("KILL").onFailure(cause -> LOG.warn("Cannot kill container={}: {}", id, cause.getMessage()));
    }

    private Future<Void> send(String signal) {
        if (pointless.getAsBoolean()) {
            return Future.succeededFuture();
        }
        return engine.signal(id, signal).recover(cause -> {
            LOG.warn("Cannot send signal={} to container={}: {}", signal, id, EngineFault.words(cause));
            return vertx.timer(RETRY.toMillis(), TimeUnit.MILLISECONDS).compose(v -> send(signal));
        });
    }
}
