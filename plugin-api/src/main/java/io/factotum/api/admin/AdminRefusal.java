package io.factotum.api.admin;

/** A request that cannot be answered, told to the caller as a problem document (RFC 9457). */
public final class AdminRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /**
     * A refusal.
     *
     * @param status of HTTP, 400 to 599
     * @param code a stable word for its kind, in snake case
     * @param message for a person: what cannot be done, why, and what to do
     */
    public AdminRefusal(int status, String code, String message) {
        super(message, null, false, false);
        if (status < 400 || status > 599 || !code.matches("[a-z][a-z0-9_]{0,63}")) {
            throw new IllegalArgumentException(
                    "Cannot refuse with status %d and code '%s'. Expected 400 to 599 and a word in snake case."
                            .formatted(status, code));
        }
        this.status = status;
        this.code = code;
    }

    /** The status of HTTP. */
    public int status() {
        return status;
    }

    /** The stable word for its kind. */
    public String code() {
        return code;
    }
}
