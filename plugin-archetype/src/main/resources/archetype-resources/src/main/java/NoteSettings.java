package ${package};

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.OfferingSupport;
import io.factotum.api.offering.OfferingTraits;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The settings of an offering. Their form is checked by META-INF/settings.schema.json; this adds what the host must know. */
final class NoteSettings implements OfferingSupport {

    private static final Set<EventType> ALL = EnumSet.allOf(EventType.class);
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final Duration PULL_INTERVAL = Duration.ofHours(1);

    @Override
    public CheckedSettings check(JsonObject settings, JsonObject stored) {
        // Each event may be run again after a failure: writing or removing a document twice comes to the same.
        OfferingTraits traits = new OfferingTraits(ALL, TIMEOUT, PULL_INTERVAL, ALL);
        return new CheckedSettings(settings, traits, List.of());
    }

    @Override
    public JsonObject redact(JsonObject stored) {
        // There is no secret in them.
        return stored;
    }
}
