package io.factotum.host.plugin;

import org.jspecify.annotations.Nullable;

/** A plugin that could not be made or started, as text alone. What there was of it is taken down. */
final class LaunchFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final String phase;
    private final @Nullable String stack;
    private final boolean stuck;

    LaunchFailure(String text, String phase, @Nullable String stack, boolean stuck) {
        super(text, null, false, false);
        this.phase = phase;
        this.stack = stack;
        this.stuck = stuck;
    }

    static LaunchFailure of(Throwable thrown) {
        return thrown instanceof LaunchFailure failure
                ? failure
                : new LaunchFailure(
                        PluginFailure.of("Cannot load the plugin", thrown).text(), "load", null, false);
    }

    String text() {
        return String.valueOf(getMessage());
    }

    /** In which it failed: config, load, construct, start. */
    String phase() {
        return phase;
    }

    /** What its code was doing when its time was over. */
    @Nullable
    String stack() {
        return stack;
    }

    /** Whether it could not be taken down: it still holds a thread. */
    boolean isStuck() {
        return stuck;
    }
}
