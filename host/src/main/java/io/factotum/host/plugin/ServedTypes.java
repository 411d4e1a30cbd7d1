package io.factotum.host.plugin;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The offering types that active plugins serve. Changed on the reconciler's context, read on any. */
final class ServedTypes {

    private static final Logger LOG = LoggerFactory.getLogger(ServedTypes.class);

    private final Map<String, ServedType> served = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, ServedType> ready = new HashMap<>();
    private final Set<String> active = new HashSet<>();

    Optional<ServedType> find(String type) {
        return Optional.ofNullable(served.get(type));
    }

    Set<String> names() {
        return Set.copyOf(served.keySet());
    }

    void onServed(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** A plugin serves its type, though it may not have ended its start. */
    void ready(ServedType type) {
        ready.put(type.type(), type);
        announce(type.type());
    }

    /** A plugin has ended its start, though it may not serve yet. */
    void active(String pluginId) {
        active.add(pluginId);
        announce(pluginId);
    }

    /** A plugin serves no more. */
    void withdraw(String pluginId) {
        ready.remove(pluginId);
        active.remove(pluginId);
        served.remove(pluginId);
    }

    private void announce(String type) {
        ServedType both = active.contains(type) ? ready.get(type) : null;
        if (both == null || served.put(type, both) != null) {
            return;
        }
        LOG.info("Offering type is served type={}", type);
        for (Consumer<String> listener : listeners) {
            try {
                listener.accept(type);
            } catch (RuntimeException failed) {
                LOG.error("Listener failed that was told of a served type type={}", type, failed);
            }
        }
    }
}
