package io.factotum.api.metrics;

import io.factotum.api.annotation.ImplementedByHost;
import java.time.Duration;

/** Counts durations and adds them up. Any thread; does nothing once the plugin is unloaded. */
@FunctionalInterface
@ImplementedByHost
public interface Timer {

    /** One that took that long. */
    void record(Duration duration);
}
