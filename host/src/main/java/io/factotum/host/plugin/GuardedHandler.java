package io.factotum.host.plugin;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.vertx.core.Future;
import java.util.UUID;

/** A plugin's handler as the host calls it: from any context, never throwing. */
record GuardedHandler(LifecycleHandler plugins, PluginCall call) implements LifecycleHandler {

    @Override
    public Future<LifecycleResult> handle(LifecycleEvent event) {
        return call.async(() -> plugins.handle(event));
    }

    @Override
    public Future<Void> committed(UUID runId) {
        return call.async(() -> plugins.committed(runId));
    }

    @Override
    public Future<Void> cancel(UUID runId) {
        return call.async(() -> plugins.cancel(runId));
    }
}
