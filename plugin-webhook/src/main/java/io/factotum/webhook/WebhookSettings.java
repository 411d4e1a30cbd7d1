package io.factotum.webhook;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.OfferingTraits;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The settings of one offering, apart from its secrets.
 *
 * @param targets of the events that the endpoint is called at
 * @param timeout of one request
 */
record WebhookSettings(Map<EventType, Target> targets, Duration timeout, OfferingTraits traits) {

    /** Copies the map. */
    WebhookSettings {
        targets = Map.copyOf(targets);
    }

    /**
     * Reads stored settings.
     *
     * @throws IllegalArgumentException if they cannot be used, as when the operator took the host off the list
     */
    static WebhookSettings of(JsonObject stored, AllowedHosts allowedHosts) {
        SettingsReader reader = new SettingsReader(allowedHosts);
        WebhookSettings settings = reader.read(stored);
        if (!reader.faults().isEmpty()) {
            throw new IllegalArgumentException(reader.faults().stream()
                    .map(fault -> fault.pointer() + ": " + fault.message())
                    .collect(Collectors.joining(" ")));
        }
        return settings;
    }

    /** Where to call at that event; empty where there is nothing to call. */
    Optional<Target> target(EventType event) {
        return Optional.ofNullable(targets.get(event));
    }
}
