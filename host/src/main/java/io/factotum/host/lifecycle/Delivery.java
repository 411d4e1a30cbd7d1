package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleEvent;
import java.util.UUID;

/** One claimed run on its way to its plugin. */
record Delivery(String plugin, LifecycleEvent event) {

    UUID runId() {
        return event.id();
    }
}
