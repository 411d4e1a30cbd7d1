package io.factotum.scripts.executor.docker;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operator's settings of the Docker executor.
 *
 * @param host the engine's address; null for what {@code DOCKER_HOST} and its kin name, or the default socket
 * @param installId whose containers these are: two installations on one engine never touch each other's
 * @param init whether a small init process stands before the script: it passes signals on and reaps what the script leaves
 * @param pulls how images are pulled
 * @param sandboxAge how long new runs join one sandbox
 * @param volumes mounted into every container, {@code name-or-host-path:/path[:ro]} each
 * @param volumeOwner whose a volume becomes that is not there yet: the user, or user:group, that runs have by default
 * @param warm which containers wait for runs
 */
public record DockerSettings(
        @Nullable String host,
        String installId,
        boolean init,
        Pulls pulls,
        Duration sandboxAge,
        List<String> volumes,
        String volumeOwner,
        WarmSettings warm) {

    /** Copies the volumes. */
    public DockerSettings {
        volumes = List.copyOf(volumes);
    }
}
