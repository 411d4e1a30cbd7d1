package io.factotum.host.storage;

/** A cursor that no page of that list ever ended with. */
public final class InvalidCursorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With what was sent. */
    public InvalidCursorException(String cursor) {
        super("Cannot read cursor '%s': no page of this list ended with it. Send the next of the page before."
                .formatted(cursor.length() > 100 ? cursor.substring(0, 100) + "..." : cursor));
    }
}
