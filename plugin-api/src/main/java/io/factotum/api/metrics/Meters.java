package io.factotum.api.metrics;

import io.factotum.api.annotation.ImplementedByHost;

/**
 * The plugin's meters. They appear at {@code GET /metrics} as {@code factotum_<plugin id>_<name>} with the label
 * {@code plugin}, and are taken away when the plugin is unloaded. Asking for one that there is gives that one. Any thread.
 *
 * <p>Names are of lower-case words: {@code requests}, {@code queue_length}. Labels are pairs of a key and a value; all
 * meters of one name have the same keys. Keep the number of values small, and put no secret into them.
 *
 * <p>All three fail with {@link IllegalArgumentException} if a name or a key is malformed, the labels are no pairs, or
 * the name is another kind of meter's or has other keys.
 */
@ImplementedByHost
public interface Meters {

    /** Counts what happens. */
    Counter counter(String name, String description, String... labels);

    /** Holds what something is at now. */
    Gauge gauge(String name, String description, String... labels);

    /** Counts what takes time, and adds that up. */
    Timer timer(String name, String description, String... labels);
}
