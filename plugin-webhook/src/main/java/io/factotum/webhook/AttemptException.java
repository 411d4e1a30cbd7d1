package io.factotum.webhook;

/** A request that was not answered. */
final class AttemptException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean sent;
    private final boolean hopeless;

    private AttemptException(String message, boolean sent, boolean hopeless) {
        super(message);
        this.sent = sent;
        this.hopeless = hopeless;
    }

    /** No answer came. @param sent whether some of the request may have reached the endpoint */
    static AttemptException unanswered(String message, boolean sent) {
        return new AttemptException(message, sent, false);
    }

    /** The endpoint must not be called; nothing was sent, and trying again will not help. */
    static AttemptException forbidden(String message) {
        return new AttemptException(message, false, true);
    }

    boolean sent() {
        return sent;
    }

    boolean hopeless() {
        return hopeless;
    }
}
