package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import java.time.Instant;

/**
 * A container that runs, and whose wrapper waits for a script.
 *
 * @param name by which it is known until a run takes it
 * @param sandbox what lends it its network
 * @param sandboxStartedAt since when that has lent it; empty without one
 * @param container what the engine told of it
 * @param madeAt when it began to wait
 */
record WarmContainer(
        String name,
        Sandboxes.Lent sandbox,
        String sandboxStartedAt,
        InspectContainerResponse container,
        Attachment attachment,
        Instant madeAt) {

    String id() {
        return container.getId();
    }

    /** Whether it still runs, as far as its streams tell. */
    boolean waits() {
        return !attachment.stream().ended().isComplete();
    }

    /** Whether both were made of the same image, not only of one of the same name. */
    boolean hasImageOf(WarmContainer other) {
        return String.valueOf(container.getImageId()).equals(other.container.getImageId());
    }

    /** Whether it has ended without a script, and has not been started again. */
    boolean hasRunNothing(ContainerState now) {
        return ContainerExit.code(now) == ScriptWrapper.NOT_WHOLE
                && !ContainerExit.isRunning(now)
                && String.valueOf(now.getStartedAt())
                        .equals(container.getState().getStartedAt());
    }
}
