package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Starts a container up to where its wrapper waits for a script. A sandbox that is asleep is woken, once: what was opened is
 * closed by the engine then, and all begins anew.
 */
final class ContainerStart {

    /** How long it may take to open the streams. */
    private static final Duration OPENING_TIMEOUT = Duration.ofMinutes(1);

    private final DockerEngine engine;
    private final Sandboxes sandboxes;
    private final String id;
    private final Consumer<InspectContainerResponse> found;

    /** With who wants to know what the engine tells of the container. */
    ContainerStart(DockerEngine engine, Sandboxes sandboxes, String id, Consumer<InspectContainerResponse> found) {
        this.engine = engine;
        this.sandboxes = sandboxes;
        this.id = id;
        this.found = found;
    }

    /**
     * Completes with the streams once the container runs.
     *
     * @param permitted waited for before it is started
     * @param lastEnd when it may have ended last: whoever started it since has run the script
     */
    Future<Attachment> start(Supplier<Attachment> opening, Future<Void> permitted, String lastEnd) {
        return startOnce(opening.get(), permitted, lastEnd)
                .recover(cause -> cause instanceof Sandboxes.AsleepException asleep
                        ? sandboxes
                                .wake(asleep)
                                .compose(v -> startOnce(opening.get(), permitted, lastEnd))
                                .recover(again -> Future.failedFuture(
                                        again instanceof Sandboxes.AsleepException ? sandboxes.gone(again) : again))
                        : Future.failedFuture(cause));
    }

    private Future<Attachment> startOnce(Attachment streams, Future<Void> permitted, String lastEnd) {
        return streams.opened()
                .timeout(OPENING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(EngineFault.notDelivered(id, cause)))
                .compose(v -> permitted)
                .compose(v -> sandboxes.start(id))
                .recover(cause -> Future.failedFuture(
                        EngineFault.isGone(cause, id) ? EngineFault.notDelivered(id, cause) : cause))
                .compose(v -> isFirstSince(lastEnd))
                .map(streams);
    }

    private Future<Void> isFirstSince(String end) {
        return engine.inspect(id)
                .onSuccess(container -> container.ifPresent(found))
                .compose(container -> container.isEmpty()
                                || ContainerExit.lastEnd(container.get().getState())
                                        .equals(end)
                        ? Future.succeededFuture()
                        : Future.failedFuture(new IllegalStateException("another host has run it meanwhile")));
    }
}
