package io.factotum.host.plugin;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all plugins of one host share.
 *
 * @param context on which every decision is taken
 * @param hostStops completes when the host begins to stop
 */
record PluginHome(
        VertxInternal vertx,
        Context context,
        PluginSettings settings,
        PluginServices services,
        PluginWatch watch,
        PluginRegister register,
        ServedTypes types,
        Future<Void> hostStops,
        Map<String, Integer> generations,
        AtomicLong starts) {

    static PluginHome of(
            VertxInternal vertx, PluginSettings settings, PluginServices services, Future<Void> hostStops) {
        return new PluginHome(
                vertx,
                // Of no deployment: what is deployed from a verticle's context would be stopped with it, in any order.
                vertx.createEventLoopContext(),
                settings,
                services,
                new PluginWatch(vertx, settings),
                new PluginRegister(vertx.eventBus(), services.clock()),
                new ServedTypes(),
                hostStops,
                new ConcurrentHashMap<>(),
                new AtomicLong());
    }

    /** Counts the lives of one id from 1. */
    int nextGeneration(String id) {
        return generations.merge(id, 1, Integer::sum);
    }

    boolean isStopping() {
        return hostStops.isComplete();
    }
}
