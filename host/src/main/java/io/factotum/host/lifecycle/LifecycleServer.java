package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;

/** Where the plugin loader registers what a plugin does with lifecycle events. */
public interface LifecycleServer {

    /** Serves the lifecycle addresses of a plugin on its context. Fails if they are served already. */
    Future<Void> serve(String pluginId, Context context, LifecycleHandler handler);

    /** How many events this host has in hand at once, of all plugins together. */
    int hostSlots();

    /** How many events a plugin can have in hand at once here, until it is served no more. Any thread. */
    void slots(String pluginId, int most);

    /**
     * Stops serving them. What is under way is taken from the plugin, to be adopted by whoever serves them next; what it
     * still answers must not reach this host. Nothing happens if they are not served.
     */
    Future<Void> unserve(String pluginId);
}
