package io.factotum.host.plugin.lent;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.UUID;

/** A plugin's handler as the host calls it: from any context, never throwing. */
public record GuardedHandler(LifecycleHandler plugins, PluginCall call) implements LifecycleHandler {

    /**
     * What a plugin answers while it is being stopped is dropped: the event has been taken from it by then, and whoever
     * serves it next looks at what is there.
     */
    @Override
    public Future<LifecycleResult> handle(LifecycleEvent event) {
        Promise<LifecycleResult> result = Promise.promise();
        call.<LifecycleResult>async(() -> plugins.handle(event)).onComplete(answer -> {
            if (call.isServing()) {
                result.handle(answer);
            }
        });
        return result.future();
    }

    @Override
    public Future<Void> committed(LifecycleEvent event) {
        return call.async(() -> plugins.committed(event));
    }

    @Override
    public Future<Void> cancel(UUID runId) {
        return call.async(() -> plugins.cancel(runId));
    }
}
