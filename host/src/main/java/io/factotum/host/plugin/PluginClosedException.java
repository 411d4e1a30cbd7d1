package io.factotum.host.plugin;

/** A class of a plugin that was asked for after the plugin had stopped. */
public final class PluginClosedException extends ClassNotFoundException {

    private static final long serialVersionUID = 1L;

    PluginClosedException(String plugin, String className) {
        super("Cannot load class '%s': plugin %s is stopped. Something of it still runs, a thread or a late callback."
                .formatted(className, plugin));
    }
}
