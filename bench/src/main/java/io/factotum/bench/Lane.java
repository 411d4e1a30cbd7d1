package io.factotum.bench;

/** One way of running a one-line script in a one-time container, measured beside the others. */
interface Lane {

    /** Its name in the report. */
    String name();

    /** Runs one, and returns when the next may be placed. Any thread, several at once. */
    Lap run() throws Exception;
}
