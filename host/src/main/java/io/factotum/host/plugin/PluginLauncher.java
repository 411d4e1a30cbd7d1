package io.factotum.host.plugin;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes, starts and takes down plugins, and leaves nothing half done: what fails is taken down. */
final class PluginLauncher {

    private static final Logger LOG = LoggerFactory.getLogger(PluginLauncher.class);

    private final PluginHome home;
    private final PluginUnloader unloader;

    PluginLauncher(PluginHome home) {
        this.home = home;
        this.unloader = new PluginUnloader(home);
    }

    /**
     * Loads a jar and makes its plugin.
     *
     * @param before an earlier life whose configuration it is to have, or null to read that
     * @return fails with a {@link LaunchFailure}
     */
    Future<PluginSlot> make(StagedJar jar, @Nullable PluginSlot before) {
        int generation = home.nextGeneration(jar.descriptor().id());
        PluginSlot slot = new PluginSlot(jar, before, generation, home, this::serves);
        return slot.open().compose(ignored -> slot.resolve()).map(slot).recover(thrown -> failed(slot, thrown)
                .mapEmpty());
    }

    /** Starts what was made; fails with a {@link LaunchFailure}. */
    Future<PluginSlot> start(PluginSlot slot) {
        return slot.start().map(slot).recover(thrown -> failed(slot, thrown).mapEmpty());
    }

    /** Takes a plugin's events from it, stops it and unloads it; fails with a {@link StuckException}. */
    Future<Void> takeDown(PluginSlot slot) {
        String id = slot.jar().descriptor().id();
        slot.withdraw();
        // One that was only made serves nothing, but another of its id may.
        Future<Void> withdrawn = slot.wasStarted() ? withdraw(id) : Future.succeededFuture();
        return withdrawn.compose(ignored -> slot.close()).compose(ignored -> unloader.unload(slot));
    }

    private Future<Void> withdraw(String id) {
        home.types().withdraw(id);
        home.loans().remove(id);
        return home.services()
                .lifecycle()
                .unserve(id)
                .onFailure(thrown -> LOG.warn("Plugin's addresses cannot be withdrawn plugin={}", id, thrown))
                .otherwiseEmpty();
    }

    private Future<Void> failed(PluginSlot slot, Throwable thrown) {
        String label = slot.jar().label();
        String phase = slot.phase();
        PluginFailure failure = PluginFailure.of("Cannot load plugin '%s'".formatted(label), thrown);
        PluginThreads busy = slot.threads();
        LOG.debug("Plugin failed plugin={} phase={}\n{}", label, phase, failure.trace());
        return takeDown(slot)
                .compose(
                        ignored -> Future.failedFuture(
                                new LaunchFailure(failure.text(), phase, busy.none() ? null : busy.text(), false)),
                        stuck -> Future.failedFuture(
                                new LaunchFailure(failure.text(), phase, stackOf(stuck, busy), true)));
    }

    static String stackOf(Throwable stuck, PluginThreads before) {
        if (stuck instanceof StuckException holding && !holding.stack().isEmpty()) {
            return holding.stack();
        }
        return before.none() ? String.valueOf(stuck.getMessage()) : before.text();
    }

    // What a plugin begins to serve while it is taken down does not count any more.
    private Future<Void> serves(PluginSlot slot, ServedType type) {
        Promise<Void> known = Promise.promise();
        home.context().runOnContext(ignored -> {
            if (slot.isServing()) {
                home.types().ready(type);
            }
            known.complete();
        });
        return known.future();
    }
}
