package io.factotum.api.lifecycle;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of how a run went, apart from what it means and what was printed.
 *
 * @param exitCode of the script or program, if one ended
 * @param exitReason why it ended: {@code exited}, {@code out_of_memory}, {@code timed_out}, {@code canceled},
 *     {@code engine_fault}
 * @param startedAt when the work was begun; null if it never was, as where it was refused
 * @param image what it ran in, called for good: {@code name@digest}
 */
public record RunTrace(
        @Nullable Integer exitCode,
        @Nullable String exitReason,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String image) {

    /** Nothing is known. */
    public static final RunTrace NONE = new RunTrace(null, null, null, null, null);
}
