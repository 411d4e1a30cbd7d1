package io.factotum.api.health;

import io.factotum.api.annotation.ImplementedByHost;

/**
 * The plugin's health checks. The host asks them when somebody asks for the plugin, and for its readiness if the plugin
 * is marked {@code required}; they are forgotten when the plugin is unloaded.
 */
@ImplementedByHost
public interface Health {

    /**
     * Adds a check. Any thread.
     *
     * @param name in lower case: {@code engine}
     * @return this
     * @throws IllegalArgumentException if the name is malformed or taken
     */
    Health check(String name, HealthCheck check);
}
