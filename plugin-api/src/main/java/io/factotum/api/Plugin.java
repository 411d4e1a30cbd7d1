package io.factotum.api;

import io.vertx.core.Future;

/**
 * The entry point of a plugin jar, named as {@code main} in its {@code META-INF/plugin.json}.
 *
 * <p>The host makes one instance with the public no-argument constructor, inside the plugin's own class loader. Every
 * call comes on the plugin's own Vert.x context with the plugin's class loader as the thread's context class loader.
 */
public interface Plugin {

    /**
     * Starts the plugin: read the configuration, open clients, call {@link PluginContext#serve}.
     *
     * @param context what the host lends this plugin, valid until {@link #stop()} has ended
     * @return completes when the plugin can serve. A failure, an exception or a missing answer within the host's start
     *     timeout leaves the plugin {@code FAILED} with that message; the host goes on without it.
     */
    Future<?> start(PluginContext context);

    /**
     * Stops the plugin: close what it opened itself. What was registered through the context, timers and bus consumers
     * are taken back by the host. Work in flight is left where it is, to be adopted at the next start. Called after a
     * start that failed or timed out too, so that nothing half opened stays.
     *
     * @return completes when nothing of the plugin runs any more; the host waits up to its stop timeout.
     */
    default Future<?> stop() {
        return Future.succeededFuture();
    }
}
