package io.factotum.scripts.executor;

/** A script that provably never began, because of the infrastructure: trying again later is safe. */
public final class NeverBegunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * With a stable word for the kind of fault ({@code engine_unavailable}, {@code image_unavailable}), a message for a
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
