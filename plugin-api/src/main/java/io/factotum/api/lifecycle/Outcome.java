package io.factotum.api.lifecycle;

import java.util.Locale;

/** How carrying out a lifecycle event ended. */
public enum Outcome {
    /** It was done. */
    SUCCEEDED,
    /** It was begun and failed. Run again only where the offering says that the event is idempotent. */
    FAILED,
    /** It was begun and stopped because its deadline had passed. */
    TIMED_OUT,
    /** It was stopped because somebody asked for it. */
    CANCELED,
    /** It may have begun and nothing can be found out about how it ended. Never run again by itself. */
    LOST,
    /** It provably never began, because of the infrastructure. The host tries again later. */
    NOT_BEGUN;

    /** The name used in JSON: {@code succeeded}, {@code timed_out} and so on. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The outcome with that {@link #key()}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Outcome ofKey(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT));
    }
}
