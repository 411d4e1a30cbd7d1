package io.factotum.host.plugin.lent;

import io.factotum.api.metrics.Counter;
import io.factotum.api.metrics.Gauge;
import io.factotum.api.metrics.Meters;
import io.factotum.api.metrics.Timer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** One plugin's meters in the host's registry, under its id. */
final class TaggedMeters implements Meters {

    private static final String NAME = "[a-z][a-z0-9_]{0,80}";

    private record Kind(String type, List<String> keys) {}

    private record Key(String name, Tags tags) {}

    private final MeterRegistry registry;
    private final String id;

    // Both under this object's lock.
    private final Map<String, Kind> kinds = new HashMap<>();
    private final Map<Key, Object> meters = new HashMap<>();
    private final Map<Key, Meter> registered = new HashMap<>();
    private boolean closed;

    TaggedMeters(MeterRegistry registry, String id) {
        this.registry = registry;
        this.id = id;
    }

    @Override
    public Counter counter(String name, String description, String... labels) {
        return meter(Counter.class, name, labels, key -> {
            io.micrometer.core.instrument.Counter counter = io.micrometer.core.instrument.Counter.builder(full(name))
                    .description(description)
                    .tags(key.tags())
                    .register(registry);
            registered.put(key, counter);
            return (Counter) counter::increment;
        });
    }

    @Override
    public Gauge gauge(String name, String description, String... labels) {
        return meter(Gauge.class, name, labels, key -> {
            AtomicReference<Double> value = new AtomicReference<>(0d);
            registered.put(
                    key,
                    io.micrometer.core.instrument.Gauge.builder(full(name), value, AtomicReference::get)
                            .description(description)
                            .tags(key.tags())
                            .strongReference(true)
                            .register(registry));
            return (Gauge) value::set;
        });
    }

    @Override
    public Timer timer(String name, String description, String... labels) {
        return meter(Timer.class, name, labels, key -> {
            io.micrometer.core.instrument.Timer timer = io.micrometer.core.instrument.Timer.builder(full(name))
                    .description(description)
                    .tags(key.tags())
                    .register(registry);
            registered.put(key, timer);
            return (Timer) timer::record;
        });
    }

    private String full(String name) {
        return "factotum." + id.replace('-', '_') + "." + name;
    }

    private synchronized <T> T meter(Class<T> type, String name, String[] labels, Function<Key, T> make) {
        Kind kind = new Kind(type.getSimpleName(), keys(name, labels));
        Kind before = kinds.putIfAbsent(name, kind);
        if (before != null && !before.equals(kind)) {
            throw new IllegalArgumentException(
                    "Cannot make %s '%s' with labels %s: there is a %s of that name with labels %s."
                            .formatted(kind.type(), name, kind.keys(), before.type(), before.keys()));
        }
        Key key = new Key(name, Tags.of(labels).and("plugin", id));
        if (closed) {
            throw new IllegalStateException("Cannot make meter '%s': plugin '%s' is stopped.".formatted(name, id));
        }
        return type.cast(meters.computeIfAbsent(key, make));
    }

    private static List<String> keys(String name, String[] labels) {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(
                    "Cannot make meter '%s'. Expected lower-case words such as 'queue_length'.".formatted(name));
        }
        if (labels.length % 2 != 0) {
            throw new IllegalArgumentException("Cannot make meter '%s' with labels %s. Expected pairs of key and value."
                    .formatted(name, Arrays.toString(labels)));
        }
        TreeSet<String> keys = new TreeSet<>();
        for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i].matches(NAME) || labels[i].equals("plugin") || !keys.add(labels[i])) {
                throw new IllegalArgumentException(
                        "Cannot make meter '%s' with label '%s'. Expected different lower-case words, and not 'plugin', which the host sets."
                                .formatted(name, labels[i]));
            }
        }
        return List.copyOf(keys);
    }

    /** Takes them out of the registry. */
    synchronized void close() {
        closed = true;
        registered.values().forEach(registry::remove);
        registered.clear();
        meters.clear();
    }
}
