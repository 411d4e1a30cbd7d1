package io.factotum.api.metrics;

import io.factotum.api.annotation.ImplementedByHost;

/** Counts up. Any thread; does nothing once the plugin is unloaded. */
@ImplementedByHost
public interface Counter {

    /** Adds one. */
    default void increment() {
        add(1);
    }

    /** Adds an amount of 0 or more. */
    void add(double amount);
}
