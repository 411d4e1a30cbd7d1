package io.factotum.api.store;

/** A statement that failed. */
public final class SqlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String state;

    /**
     * A failure.
     *
     * @param state PostgreSQL's five characters: {@code 23505} for a value that is there already; empty if the database
     *     could not be reached
     * @param message in PostgreSQL's words
     */
    public SqlException(String state, String message) {
        super(message, null, false, true);
        this.state = state;
    }

    /** PostgreSQL's five characters; empty if the database could not be reached, and whether it was done is not known. */
    public String state() {
        return state;
    }
}
