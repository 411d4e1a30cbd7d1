package io.factotum.api.metrics;

import io.factotum.api.annotation.ImplementedByHost;

/** Goes up and down. Any thread; does nothing once the plugin is unloaded. */
@FunctionalInterface
@ImplementedByHost
public interface Gauge {

    /** What it is at now. */
    void set(double value);
}
