package io.factotum.host.plugin;

import io.factotum.api.lifecycle.LifecycleAddress;
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

/** What is known of each jar that was seen; every change is logged and published. */
final class PluginRegister {

    private static final Logger LOG = LoggerFactory.getLogger(PluginRegister.class);
    private static final DeliveryOptions ON_THIS_HOST = new DeliveryOptions().setLocalOnly(true);

    private final EventBus bus;
    private final Clock clock;
    private final Map<String, PluginEntry> entries = new ConcurrentSkipListMap<>();

    PluginRegister(EventBus bus, Clock clock) {
        this.bus = bus;
        this.clock = clock;
    }

    Optional<PluginState> state(String file) {
        return Optional.ofNullable(entries.get(file)).map(PluginEntry::state);
    }

    List<JsonObject> describe() {
        return entries.values().stream().map(PluginEntry::toJson).toList();
    }

    void discovered(String file, String note) {
        PluginEntry entry = new PluginEntry(file, PluginState.DISCOVERED, null, null, null, note, clock.instant());
        LOG.debug("Plugin jar seen file={} note={}", file, note);
        tell(entry);
    }

    void rejected(String file, String sha256, String reason) {
        rejected(new PluginEntry(file, PluginState.REJECTED, null, sha256, null, reason, clock.instant()));
    }

    void rejected(StagedJar jar, String reason) {
        rejected(new PluginEntry(jar.file(), PluginState.REJECTED, jar, jar.sha256(), null, reason, clock.instant()));
    }

    void failed(StagedJar jar, String phase, String reason) {
        PluginEntry entry =
                new PluginEntry(jar.file(), PluginState.FAILED, jar, jar.sha256(), phase, reason, clock.instant());
        LOG.info("Plugin is FAILED plugin={} file={}", jar.label(), jar.file());
        tell(entry);
    }

    void reached(StagedJar jar, PluginState state, @Nullable String reason) {
        LOG.info("Plugin is {} plugin={} file={}", state, jar.label(), jar.file());
        tell(new PluginEntry(jar.file(), state, jar, jar.sha256(), null, reason, clock.instant()));
    }

    boolean forget(String file) {
        return entries.remove(file) != null;
    }

    private void rejected(PluginEntry entry) {
        LOG.warn("Plugin jar is REJECTED file={} sha256={} reason={}", entry.file(), entry.sha256(), entry.reason());
        tell(entry);
    }

    private void tell(PluginEntry entry) {
        entries.put(entry.file(), entry);
        bus.publish(LifecycleAddress.PLUGINS_CHANGED, entry.toJson(), ON_THIS_HOST);
    }
}
