package io.factotum.host.plugin.lent;

/** The plugin that was asked has been stopped and answers no more. */
public final class PluginStoppedException extends Exception {

    private static final long serialVersionUID = 1L;

    PluginStoppedException() {
        super("the plugin was stopped", null, false, false);
    }
}
