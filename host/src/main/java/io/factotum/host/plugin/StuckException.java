package io.factotum.host.plugin;

/** A plugin's code holds on to a thread of the host after it was told to stop. */
final class StuckException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String stack;

    StuckException(String stack) {
        super("it holds on to a thread", null, false, false);
        this.stack = stack;
    }

    /** What those threads do; empty if they could not be seen. */
    String stack() {
        return stack;
    }
}
