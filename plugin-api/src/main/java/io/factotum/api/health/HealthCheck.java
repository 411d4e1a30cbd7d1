package io.factotum.api.health;

import io.vertx.core.Future;

/** Looks whether one thing that a plugin needs is well. */
@FunctionalInterface
public interface HealthCheck {

    /**
     * Looks, on the plugin's context. No secret may stand in the message: whoever may see the plugin sees it.
     *
     * @return a failure counts as down, and so does no answer within two seconds
     */
    Future<HealthStatus> look();
}
