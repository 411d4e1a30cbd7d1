package io.factotum.scripts;

/** What a script printed is not what was expected of it; the message says what is wrong and what was expected. */
final class BadOutputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadOutputException(String message) {
        // Scripts may make many of these, and the message says it all.
        super(message, null, false, false);
    }
}
