package io.factotum.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.lifecycle.Change;
import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.OrderRef;
import io.factotum.api.resource.Component;
import io.factotum.api.resource.Label;
import io.factotum.api.resource.Offering;
import io.factotum.api.resource.Plan;
import io.factotum.api.resource.Resource;
import io.factotum.api.store.SecretBox;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Events, components and a secret box to test with. */
final class Fixtures {

    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static final UUID RUN = UUID.fromString("0a000000-0000-4000-8000-000000000001");
    static final List<Component> COMPONENTS = List.of(
            new Component("storage", "Storage", "MB", Component.Billing.USAGE),
            new Component("seats", "Seats", "seats", Component.Billing.LIMIT),
            new Component("support", "Support", "months", Component.Billing.FIXED));

    /** Seals by turning round; enough to see what was sealed. */
    static final SecretBox BOX = new SecretBox() {
        @Override
        public String seal(String secret) {
            return "sealed:" + Base64.getEncoder().encodeToString(secret.getBytes(UTF_8));
        }

        @Override
        public String open(String sealed) {
            if (!sealed.startsWith("sealed:")) {
                throw new IllegalArgumentException("Cannot open a secret: it was sealed by another installation.");
            }
            return new String(Base64.getDecoder().decode(sealed.substring(7)), UTF_8);
        }
    };

    private Fixtures() {}

    /** Settings as they are stored. */
    static JsonObject sealed(JsonObject settings) {
        var checked = new WebhookOfferings(AllowedHosts.ANY, BOX).check(settings, new JsonObject());
        if (!checked.faults().isEmpty()) {
            throw new IllegalArgumentException(checked.faults().toString());
        }
        return checked.sealed();
    }

    /** An event whose time is up in a while, of an offering with these settings. */
    static LifecycleEvent event(EventType type, JsonObject sealed, Duration time) {
        return event(type, sealed, time, 1);
    }

    /** An event that was given back before, and was asked for so long ago. */
    static LifecycleEvent givenBack(LifecycleEvent event, Duration age) {
        return new LifecycleEvent(
                event.id(),
                event.source(),
                event.type(),
                event.time().minus(age),
                event.resource(),
                event.offering(),
                event.change(),
                event.order(),
                2,
                false,
                event.deadline());
    }

    /** @param attempt from 2 on an earlier delivery has begun */
    static LifecycleEvent event(EventType type, JsonObject sealed, Duration time, int attempt) {
        Instant now = Instant.now();
        return new LifecycleEvent(
                RUN,
                "/factotum/test",
                type,
                now,
                new Resource(
                        UUID.fromString("0a000000-0000-4000-8000-000000000002"),
                        "box",
                        "creating",
                        null,
                        new JsonObject(),
                        new JsonObject(),
                        new Label(null, "Acme"),
                        new Label(null, null)),
                new Offering(
                        UUID.fromString("0a000000-0000-4000-8000-000000000003"),
                        "hooked",
                        "webhook",
                        1,
                        COMPONENTS,
                        sealed),
                new Change(
                        new Plan(UUID.fromString("0a000000-0000-4000-8000-000000000004"), "small", new JsonObject()),
                        new JsonObject(),
                        null,
                        null,
                        false,
                        new JsonObject()),
                type == EventType.PULL
                        ? null
                        : new OrderRef(UUID.fromString("0a000000-0000-4000-8000-000000000005"), null, "ann"),
                attempt,
                attempt > 1,
                now.plus(time));
    }
}
