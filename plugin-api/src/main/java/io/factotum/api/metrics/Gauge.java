package io.factotum.api.metrics;

/** Goes up and down. Any thread; does nothing once the plugin is unloaded. */
@FunctionalInterface
public interface Gauge {

    /** What it is at now. */
    void set(double value);
}
