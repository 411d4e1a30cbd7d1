package io.factotum.scripts.executor.docker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How images are pulled.
 *
 * @param timeout how long one pull may take
 * @param configDirectory where Docker's {@code config.json} with the credentials is; null for where docker looks
 */
public record Pulls(
        PullPolicy policy, Duration timeout, @Nullable String configDirectory) {

    /** Those that are missing, with the credentials that docker would take. */
    public static Pulls missingWithin(Duration timeout) {
        return new Pulls(PullPolicy.MISSING, timeout, null);
    }
}
