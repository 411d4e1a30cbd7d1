package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;

/** Serves the lifecycle addresses of plugins: what a plugin's {@code serve} comes down to. */
public interface LifecycleServer {

    /**
     * Serves the lifecycle addresses of a plugin's type from now on.
     *
     * @param context the plugin's, on which the consumers belong
     * @param handler the plugin's; safe to call from any context, it answers on the caller's and never throws
     * @return completes when the addresses are served
     */
    Future<Void> serve(String pluginId, Context context, LifecycleHandler handler);

    /** Serves them no more; nothing happens if they are not served. */
    Future<Void> unserve(String pluginId);
}
