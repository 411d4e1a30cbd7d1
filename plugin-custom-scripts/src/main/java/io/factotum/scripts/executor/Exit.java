package io.factotum.scripts.executor;

import java.time.Instant;
import java.util.Locale;

/**
 * How a script ended.
 *
 * @param code its exit code; 128 + n where signal n ended it
 * @param message more about it for a person, as the engine's own words for a fault; empty if there is nothing to add
 */
public record Exit(Reason reason, int code, Instant startedAt, Instant finishedAt, String message) {

    /** Why it ended. */
    public enum Reason {
        /** By itself, with its exit code. */
        EXITED,
        /** Killed because it used more memory than it may. */
        OUT_OF_MEMORY,
        /** Stopped by us: its time was up. */
        TIMED_OUT,
        /** Stopped by us: somebody asked for it. */
        CANCELED,
        /** The engine could not run it or ended it, as when it is shut down. */
        ENGINE_FAULT;

        /** The name in stored runs. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
