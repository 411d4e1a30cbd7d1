package io.factotum.host.offering;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.factotum.api.offering.OfferingTraits;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One type, {@code test-type}: settings have texts by event, and a password that is sealed. */
public final class TestTypes implements OfferingTypes, OfferingType {

    public boolean loaded = true;

    @Override
    public Optional<OfferingType> find(String type) {
        return loaded && type.equals("test-type") ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Set<String> names() {
        return loaded ? Set.of("test-type") : Set.of();
    }

    @Override
    public Future<CheckedSettings> check(JsonObject settings, JsonObject stored) {
        List<Fault> faults = new ArrayList<>();
        settings.forEach(entry -> {
            boolean known = entry.getKey().equals("password")
                    || EventType.ofKey(entry.getKey()).isPresent();
            if (!known) {
                faults.add(new Fault("/" + entry.getKey(), "It is not known."));
            } else if (!(entry.getValue() instanceof String)) {
                faults.add(new Fault("/" + entry.getKey(), "Expected a text."));
            }
        });
        JsonObject sealed = settings.copy();
        if (settings.containsKey("password")) {
            sealed.put("password", "sealed:" + settings.getValue("password"));
        } else if (stored.containsKey("password")) {
            sealed.put("password", stored.getString("password"));
        }
        Set<EventType> handled = settings.fieldNames().stream()
                .flatMap(key -> EventType.ofKey(key).stream())
                .collect(Collectors.toSet());
        return Future.succeededFuture(new CheckedSettings(
                sealed, new OfferingTraits(handled, Duration.ofMinutes(30), Duration.ofHours(1), Set.of()), faults));
    }

    @Override
    public Future<JsonObject> redact(JsonObject stored) {
        JsonObject shown = stored.copy();
        shown.remove("password");
        return Future.succeededFuture(shown);
    }
}
