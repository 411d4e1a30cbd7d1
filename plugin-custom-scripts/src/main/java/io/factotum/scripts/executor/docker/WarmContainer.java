package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.vertx.core.Future;
import java.time.Instant;

/**
 * A container that runs, and whose wrapper waits for a script.
 *
 * @param name by which it is known until a run takes it
 * @param sandbox what lends it its network
 * @param networkEnd completes when that has ended, and the network with it
 * @param container what the engine told of it
 * @param madeAt when it began to wait
 */
record WarmContainer(
        String name,
        Sandboxes.Lent sandbox,
        Future<?> networkEnd,
        InspectContainerResponse container,
        Attachment attachment,
        Instant madeAt) {

    String id() {
        return container.getId();
    }

    /** Whether it and its network are still there, as far as has been heard. */
    boolean waits() {
        return !attachment.stream().ended().isComplete() && !networkEnd.isComplete();
    }

    /** Whether both were made of the same image, not only of one of the same name. */
    boolean hasImageOf(WarmContainer other) {
        return String.valueOf(container.getImageId()).equals(other.container.getImageId());
    }
}
