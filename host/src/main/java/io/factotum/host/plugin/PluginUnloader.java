package io.factotum.host.plugin;

import io.factotum.host.plugin.leak.VertxSweep;
import io.vertx.core.Future;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.jackson.DatabindCodec;
import java.beans.Introspector;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ResourceBundle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets go of the classes of a plugin that has stopped, and has it watched whether they are collected. */
final class PluginUnloader {

    private static final Logger LOG = LoggerFactory.getLogger(PluginUnloader.class);

    private final PluginHome home;

    PluginUnloader(PluginHome home) {
        this.home = home;
    }

    /** Completes when the caches of the host have forgotten it; its jar is closed some time later. */
    Future<Void> unload(PluginSlot slot) {
        PluginClassLoader loader = slot.loader();
        Runnable letGo = home.leaks().follow(slot.jar().descriptor().id(), loader, PluginClassLoader::definer);
        // Whoever waits must not hold what is to be collected.
        WeakReference<PluginClassLoader> reference = new WeakReference<>(loader);
        closeAfterGrace(reference).onComplete(closed -> letGo.run());
        return home.watch().blocking(() -> forget(home.vertx(), loader)).mapEmpty();
    }

    // A late answer may need classes that were not loaded yet, so the jar stays open for a while.
    private Future<?> closeAfterGrace(WeakReference<PluginClassLoader> reference) {
        Duration grace = home.isStopping() ? Duration.ZERO : home.settings().unloadGrace();
        Future<?> over =
                grace.isZero() ? Future.succeededFuture() : home.vertx().timer(grace.toMillis(), TimeUnit.MILLISECONDS);
        return over.compose(passed -> home.watch().blocking(() -> close(reference.get())));
    }

    private static boolean close(@Nullable PluginClassLoader loader) {
        if (loader != null) {
            try {
                loader.close();
            } catch (IOException failed) {
                LOG.warn("Plugin's jar cannot be closed plugin={}", loader.getName(), failed);
            }
        }
        return true;
    }

    private static boolean forget(VertxInternal vertx, PluginClassLoader loader) {
        VertxSweep.sweep(vertx, loader);
        ResourceBundle.clearCache(loader);
        Introspector.flushCaches();
        DatabindCodec.mapper().clearCaches();
        return true;
    }
}
