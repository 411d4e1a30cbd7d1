package io.factotum.webhook;

/** An answer that is no result; the message says what is wrong and what was expected, without a full stop. */
final class BadAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadAnswerException(String message) {
        super(message);
    }
}
