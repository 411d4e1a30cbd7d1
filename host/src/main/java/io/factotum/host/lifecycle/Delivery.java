package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import java.util.UUID;

/**
 * One claimed run on its way to its plugin.
 *
 * @param canceled somebody has asked to cancel it, and what was begun has still to be stopped
 */
record Delivery(String plugin, LifecycleEvent event, boolean canceled) {

    UUID runId() {
        return event.id();
    }

    boolean isPull() {
        return event.type() == EventType.PULL;
    }
}
