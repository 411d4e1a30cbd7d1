package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** What the image of a run is called for good, as far as there is time to find it out. */
final class RunImage {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Function<String, Future<String>> digests;
    private Future<Optional<String>> name = Future.succeededFuture(Optional.empty());

    /** With what knows an image's digest by its id. */
    RunImage(Function<String, Future<String>> digests) {
        this.digests = digests;
    }

    void of(InspectContainerResponse container) {
        String id = container.getImageId();
        if (id != null) {
            name = digests.apply(id)
                    .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .map(Optional::of)
                    .otherwise(Optional.empty());
        }
    }

    Optional<String> known() {
        return name.succeeded() ? name.result() : Optional.empty();
    }

    void whenKnown(Runnable action) {
        name.onComplete(known -> action.run());
    }
}
