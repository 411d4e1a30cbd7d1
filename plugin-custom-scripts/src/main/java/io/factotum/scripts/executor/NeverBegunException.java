package io.factotum.scripts.executor;

/** A script that provably never began, because of the infrastructure: trying again later is safe. */
public final class NeverBegunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The code of those that come from an engine that does not answer. */
    public static final String ENGINE_UNAVAILABLE = "engine_unavailable";

    private final String code;

    /**
     * With a stable word for the kind of fault ({@link #ENGINE_UNAVAILABLE}, {@code image_unavailable}), a message for a
     * person, and what it comes from.
     */
    public NeverBegunException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The stable word. */
    public String code() {
        return code;
    }
}
