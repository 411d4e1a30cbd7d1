package io.factotum.host.plugin;

import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.factotum.api.offering.OfferingSupport;
import io.factotum.api.offering.OfferingTraits;
import io.factotum.host.plugin.lent.PluginCall;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An offering type that a running plugin serves. Any context may call; answers come on the caller's. */
public final class ServedType {

    private static final OfferingTraits NO_TRAITS =
            new OfferingTraits(Set.of(), Duration.ZERO, Duration.ZERO, Set.of());

    private final String type;
    private final @Nullable JarSchema schema;
    private final OfferingSupport support;
    private final PluginCall call;

    ServedType(String type, @Nullable JarSchema schema, OfferingSupport support, PluginCall call) {
        this.type = type;
        this.schema = schema;
        this.support = support;
        this.call = call;
    }

    /** The type: the plugin's id. */
    public String type() {
        return type;
    }

    /**
     * Checks settings by the plugin's JSON Schema and by the plugin itself.
     *
     * @param stored the settings stored until now; empty for a new offering
     * @return the faults of the schema, all at once, or what the plugin made of the settings; fails if the plugin throws
     */
    public Future<CheckedSettings> check(JsonObject settings, JsonObject stored) {
        List<Fault> faults = schema == null ? List.of() : schema.faults(settings);
        JsonObject sent = settings.copy();
        JsonObject before = stored.copy();
        Future<CheckedSettings> checked = ask("check", () -> support.check(sent, before));
        return faults.isEmpty()
                ? checked
                // What is malformed may be more than the plugin can read: then the schema's faults stand alone.
                : checked.map(CheckedSettings::faults)
                        .otherwise(List.of())
                        .map(more -> new CheckedSettings(new JsonObject(), NO_TRAITS, merged(more, faults)));
    }

    /** The plugin's faults, which know more, and those of the schema about anything else. */
    private static List<Fault> merged(List<Fault> plugins, List<Fault> schemas) {
        Set<String> told = plugins.stream().map(Fault::pointer).collect(Collectors.toSet());
        return Stream.concat(plugins.stream(), schemas.stream().filter(fault -> !told.contains(fault.pointer())))
                .toList();
    }

    /** Stored settings as they may be shown; fails if the plugin throws. */
    public Future<JsonObject> redact(JsonObject stored) {
        JsonObject copy = stored.copy();
        return ask("redact", () -> support.redact(copy));
    }

    private <T> Future<T> ask(String verb, Callable<@Nullable T> body) {
        Callable<T> answer = () -> {
            T value = body.call();
            if (value == null) {
                throw new NullPointerException("it returned null");
            }
            return value;
        };
        return call.sync(answer)
                .recover(thrown -> Future.failedFuture(
                        PluginFailure.of("Cannot %s settings of type '%s'".formatted(verb, type), thrown)));
    }
}
