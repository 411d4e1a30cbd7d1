package io.factotum.testkit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the classes of a plugin's ended lives are collected. Forces collections, as a test may. */
final class LeakCheck {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int COLLECTIONS = 5;

    private final HostUnderTest host;

    /** Each leak is told once, by the test that has made it. */
    private final Set<String> told = new HashSet<>();

    LeakCheck(HostUnderTest host) {
        this.host = host;
    }

    /**
     * Waits until they are, for some seconds.
     *
     * @throws AssertionError that says what holds those that are not
     */
    void demandNoneOf(String pluginId) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int collections = 1; ; collections++) {
            System.gc();
            List<JsonObject> held = held(pluginId);
            if (held.isEmpty()) {
                return;
            }
            if (collections >= COLLECTIONS && System.nanoTime() > end) {
                held.forEach(loader -> told.add(loader.getString("name")));
                throw new AssertionError(text(pluginId, held));
            }
            Waiting.pause(host.vertx(), PAUSE);
        }
    }

    private List<JsonObject> held(String pluginId) {
        return host.classLoaders(pluginId).getJsonArray("loaders").stream()
                .map(JsonObject.class::cast)
                .filter(loader -> !told.contains(loader.getString("name")))
                .toList();
    }

    private static String text(String pluginId, List<JsonObject> held) {
        return "Plugin '%s' leaks: it is unloaded, and its classes are not collected.%n%s"
                .formatted(pluginId, held.stream().map(LeakCheck::text).collect(Collectors.joining("\n")));
    }

    private static String text(JsonObject loader) {
        JsonArray holders = loader.getJsonArray("held_by");
        String by = holders.isEmpty()
                ? "  by something that the host does not know of; a heap dump tells what"
                : holders.stream().map(holder -> "  by " + holder).collect(Collectors.joining("\n"));
        return "%s is held%n%s".formatted(loader.getString("name"), by);
    }
}
