package io.factotum.host.plugin.leak;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What of Vert.x holds a class loader: registries that it does not clean when something is undeployed. */
final class VertxHolders {

    private VertxHolders() {}

    static List<String> of(Vertx vertx, ClassLoader loader) {
        List<String> found = new ArrayList<>();
        Object bus = vertx.eventBus();
        Object codecs = Fields.read(bus, "codecManager");
        addEntries(Fields.read(codecs, "userCodecMap"), "message codec", loader, found);
        addEntries(Fields.read(codecs, "defaultCodecMap"), "default message codec for", loader, found);
        addEntries(Fields.read(bus, "handlerMap"), "event-bus consumer of", loader, found);
        addOne(Fields.read(bus, "inboundInterceptors"), "inbound interceptor of the event bus", loader, found);
        addOne(Fields.read(bus, "outboundInterceptors"), "outbound interceptor of the event bus", loader, found);
        addEntries(Fields.read(vertx.sharedData(), "localMaps"), "local map", loader, found);
        addEntries(Fields.read(vertx, "timeouts"), "timer", loader, found);
        addEntries(Fields.read(Fields.read(vertx, "deploymentManager"), "deploying"), "deployment", loader, found);
        addOne(vertx.exceptionHandler(), "exception handler of Vert.x", loader, found);
        return found;
    }

    private static void addEntries(@Nullable Object map, String what, ClassLoader loader, List<String> found) {
        if (map instanceof Map<?, ?> entries) {
            entries.forEach((key, value) -> {
                if (Reach.isOf(key, loader) || Reach.from(value, loader)) {
                    found.add("%s '%s'".formatted(what, key instanceof Class<?> type ? type.getName() : key));
                }
            });
        }
    }

    private static void addOne(@Nullable Object object, String what, ClassLoader loader, List<String> found) {
        if (Reach.from(object, loader)) {
            found.add(what);
        }
    }
}
