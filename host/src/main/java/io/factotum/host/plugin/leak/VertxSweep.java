package io.factotum.host.plugin.leak;

import io.vertx.core.eventbus.impl.HandlerHolder;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes back what Vert.x 5.0 leaves of an undeployed context: requests that wait for a reply, and timers. They would be
 * run on the context's worker pool, which is closed by then, and what is refused there stays registered for ever.
 */
public final class VertxSweep {

    private VertxSweep() {}

    /** Takes back what belongs to contexts of that loader. */
    public static void sweep(VertxInternal vertx, ClassLoader loader) {
        if (Fields.read(vertx.eventBus(), "handlerMap") instanceof Map<?, ?> addresses) {
            addresses.values().forEach(holders -> each(holders, holder -> unregister(holder, loader)));
        }
        if (Fields.read(vertx, "timeouts") instanceof Map<?, ?> timers) {
            List<Long> dead = new ArrayList<>();
            timers.forEach((id, timer) -> {
                if (isOf(Fields.read(timer, "context"), loader) && id instanceof Long number) {
                    dead.add(number);
                }
            });
            dead.forEach(vertx::cancelTimer);
        }
    }

    private static void each(Object sequence, Consumer<HandlerHolder<?>> action) {
        if (sequence instanceof Iterable<?> holders) {
            for (Object holder : holders) {
                if (holder instanceof HandlerHolder<?> one) {
                    action.accept(one);
                }
            }
        }
    }

    private static void unregister(HandlerHolder<?> holder, ClassLoader loader) {
        if (isOf(holder.getContext(), loader)) {
            // It is local, and nobody waits for it.
            var ignored = holder.getHandler().unregister();
        }
    }

    private static boolean isOf(@Nullable Object context, ClassLoader loader) {
        return context instanceof ContextInternal internal && internal.classLoader() == loader;
    }
}
