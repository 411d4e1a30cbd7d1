package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a container for as long as it takes the engine to answer: nothing can be said of a run while it is away. */
record PatientLook(Vertx vertx, DockerEngine engine) {

    private static final Logger LOG = LoggerFactory.getLogger(PatientLook.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    /**
     * What was seen.
     *
     * @param container empty if there is none
     * @param engineWasAway whether the engine had to be waited for
     */
    record Sighting(Optional<InspectContainerResponse> container, boolean engineWasAway) {}

    /** Fails only if the engine does not answer and looking has become pointless. */
    Future<Sighting> at(String idOrName, BooleanSupplier pointless) {
        return engine.inspect(idOrName)
                .map(container -> new Sighting(container, false))
                .recover(cause -> {
                    LOG.warn("Cannot see container={} now: {}", idOrName, EngineFault.words(cause));
                    return again(idOrName, pointless, FIRST_RETRY);
                });
    }

    private Future<Sighting> again(String idOrName, BooleanSupplier pointless, Duration delay) {
        Duration doubled = delay.multipliedBy(2);
        Duration next = doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY;
        return vertx.timer(delay.toMillis(), TimeUnit.MILLISECONDS)
                .compose(v -> engine.inspect(idOrName))
                .map(container -> new Sighting(container, true))
                .recover(cause ->
                        pointless.getAsBoolean() ? Future.failedFuture(cause) : again(idOrName, pointless, next));
    }
}
