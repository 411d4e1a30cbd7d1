package io.factotum.scripts.executor;

/** A script that had begun and of which nothing is left to tell how it ended. */
public final class ExecutionLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message for a person. */
    public ExecutionLostException(String message) {
        super(message);
    }
}
