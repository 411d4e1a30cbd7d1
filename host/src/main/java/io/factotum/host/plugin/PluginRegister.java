package io.factotum.host.plugin;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of all plugins, and the only place where they change: each step is logged, counted, published and kept.
 * Changed on the reconciler's context, read on any.
 */
final class PluginRegister {

    private static final Logger LOG = LoggerFactory.getLogger(PluginRegister.class);
    private static final DeliveryOptions ON_THIS_HOST = new DeliveryOptions().setLocalOnly(true);

    private final EventBus bus;
    private final Clock clock;
    private final MeterRegistry meters;

    // Plugins by id and files that are none by name, which has a dot that no id has.
    private final Map<String, PluginEntry> entries = new ConcurrentSkipListMap<>();

    PluginRegister(EventBus bus, Clock clock, MeterRegistry meters) {
        this.meters = meters;
        this.bus = bus;
        this.clock = clock;
    }

    /** Of a plugin by its id, or of a file that is none by its name. */
    Optional<PluginEntry> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    boolean isActive(String id) {
        return find(id).filter(entry -> entry.state() == PluginState.ACTIVE).isPresent();
    }

    /** Whether that very file runs, and there is nothing more to say about it. */
    boolean runsUndisturbed(StagedJar jar) {
        return find(jar.descriptor().id())
                .filter(entry -> entry.state() == PluginState.ACTIVE
                        && entry.file().equals(jar.file())
                        && entry.rolledBackFrom() == null
                        && entry.last().reason() == null)
                .isPresent();
    }

    List<PluginEntry> all() {
        return List.copyOf(entries.values());
    }

    /** A file that may still be being written. */
    void discovered(String file, String note) {
        fileIs(file, null, PluginState.DISCOVERED, "", note);
    }

    /** A file that is no plugin this host can load. */
    void rejected(String file, String sha256, String reason) {
        fileIs(file, null, PluginState.REJECTED, sha256, reason);
    }

    /** A plugin's jar that cannot be loaded beside what is loaded. */
    void rejected(StagedJar jar, String reason) {
        fileIs(jar.file(), jar, PluginState.REJECTED, jar.sha256(), reason);
    }

    /** The file is gone, or has turned out to be a plugin. */
    boolean forgetFile(String file) {
        return entries.remove(file) != null;
    }

    void reached(StagedJar jar, PluginState state) {
        reached(jar, state, null);
    }

    void reached(StagedJar jar, PluginState state, @Nullable String reason) {
        pluginIs(jar, null, step(state, jar, null, reason, null));
    }

    /** It runs, in place of another that should have. */
    void rolledBack(StagedJar jar, PluginState state, StagedJar from, String reason) {
        pluginIs(jar, from, step(state, jar, null, reason, null));
    }

    void failed(StagedJar jar, @Nullable String phase, String reason, @Nullable String stack) {
        pluginIs(jar, null, step(PluginState.FAILED, jar, phase, reason, stack));
    }

    void stuck(StagedJar jar, String reason, @Nullable String stack) {
        pluginIs(jar, null, step(PluginState.STUCK, jar, null, reason, stack));
    }

    /** Its state stays, and there is something to say about it. */
    void noted(String id, String reason) {
        PluginEntry entry = entries.get(id);
        if (entry != null) {
            Transition last = entry.last();
            tell(
                    id,
                    entry.then(
                            entry.file(),
                            entry.jar(),
                            entry.rolledBackFrom(),
                            new Transition(
                                    clock.instant(),
                                    last.state(),
                                    last.version(),
                                    last.sha256(),
                                    last.phase(),
                                    reason,
                                    last.stack())));
        }
    }

    /** It is unloaded and its jar is gone; the reason, if there is one, is that it stopped badly. */
    void removed(StagedJar jar, @Nullable String reason) {
        reached(jar, PluginState.REMOVED, reason);
        entries.remove(jar.descriptor().id());
    }

    private void fileIs(String file, @Nullable StagedJar jar, PluginState state, String sha256, String reason) {
        Transition step = new Transition(
                clock.instant(),
                state,
                jar == null ? null : jar.descriptor().version(),
                sha256.isEmpty() ? null : sha256,
                null,
                reason,
                null);
        PluginEntry before = entries.get(file);
        tell(file, before == null ? PluginEntry.first(file, jar, step) : before.then(file, jar, null, step));
    }

    private void pluginIs(StagedJar jar, @Nullable StagedJar rolledBackFrom, Transition step) {
        String id = jar.descriptor().id();
        PluginEntry before = entries.get(id);
        tell(
                id,
                before == null
                        ? PluginEntry.first(jar.file(), jar, step)
                        : before.then(jar.file(), jar, rolledBackFrom, step));
    }

    private Transition step(
            PluginState state, StagedJar jar, @Nullable String phase, @Nullable String reason, @Nullable String stack) {
        return new Transition(clock.instant(), state, jar.descriptor().version(), jar.sha256(), phase, reason, stack);
    }

    private void tell(String key, PluginEntry entry) {
        PluginEntry before = entries.put(key, entry);
        log(entry);
        if (before == null || before.state() != entry.state()) {
            count(key, entry.state());
        }
        JsonObject published = entry.toJson().put("count", entry.counts().get(entry.state()));
        bus.publish(LifecycleAddress.PLUGINS_CHANGED, published, ON_THIS_HOST);
    }

    private void count(String key, PluginState state) {
        Counter.builder("factotum.plugin.transitions")
                .description("How often a plugin, or a file that is none, came into a state.")
                .tags("plugin", key, "state", state.name())
                .register(meters)
                .increment();
    }

    private static void log(PluginEntry entry) {
        Transition step = entry.last();
        String plugin = entry.jar() == null ? "" : entry.jar().label();
        String reason = step.reason() == null ? "" : " reason=" + step.reason();
        String stack = step.stack() == null ? "" : "\n" + step.stack();
        switch (step.state()) {
            case DISCOVERED -> LOG.debug("Plugin jar seen file={}{}", entry.file(), reason);
            case REJECTED ->
                LOG.warn(
                        "Plugin jar is REJECTED plugin={} file={} sha256={}{}",
                        plugin,
                        entry.file(),
                        step.sha256(),
                        reason);
            case FAILED, STUCK ->
                LOG.error("Plugin is {} plugin={} file={}{}{}", step.state(), plugin, entry.file(), reason, stack);
            default -> LOG.info("Plugin is {} plugin={} file={}{}", step.state(), plugin, entry.file(), reason);
        }
    }
}
