package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.config.ConfigReader;
import io.factotum.api.lifecycle.Change;
import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.OrderRef;
import io.factotum.api.resource.Label;
import io.factotum.api.resource.Offering;
import io.factotum.api.resource.Plan;
import io.factotum.api.resource.Resource;
import io.factotum.api.store.SecretBox;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Events, settings and a secret box to test with. */
final class Fixtures {

    static final UUID RUN = UUID.fromString("0a000000-0000-4000-8000-000000000001");
    static final UUID RESOURCE = UUID.fromString("0a000000-0000-4000-8000-000000000002");
    static final UUID OFFERING = UUID.fromString("0a000000-0000-4000-8000-000000000003");
    static final UUID ORDER = UUID.fromString("0a000000-0000-4000-8000-000000000004");
    static final UUID CUSTOMER = UUID.fromString("0a000000-0000-4000-8000-000000000005");
    static final UUID PROJECT = UUID.fromString("0a000000-0000-4000-8000-000000000006");
    static final Plan SMALL = plan("0a000000-0000-4000-8000-000000000007", "Small", 1);
    static final Plan LARGE = plan("0a000000-0000-4000-8000-000000000008", "Large", 8);
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

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

    static ScriptConfig config() {
        return config(new JsonObject());
    }

    static ScriptConfig config(JsonObject json) {
        ConfigReader reader = new ConfigReader("custom-scripts.yaml", json);
        ScriptConfig config = ScriptConfig.read(reader);
        reader.finish();
        return config;
    }

    static LifecycleEvent event(EventType type, JsonObject settings) {
        return event(type, settings, change(SMALL, new JsonObject(), null, null, false));
    }

    static LifecycleEvent event(EventType type, JsonObject settings, Change change) {
        return event(type, settings, change, resource("id-1"), false);
    }

    static LifecycleEvent event(EventType type, JsonObject settings, Change change, Resource resource, boolean begun) {
        return new LifecycleEvent(
                RUN,
                "/factotum/test",
                type,
                NOW,
                resource,
                new Offering(OFFERING, "Mailbox", "custom-scripts", 1, Printed.COMPONENTS, settings),
                change,
                type == EventType.PULL ? null : new OrderRef(ORDER, "ann@example.org", "ann"),
                1,
                begun,
                NOW.plusSeconds(1800));
    }

    /** The same event as it comes to be carried out for that many times. */
    static LifecycleEvent tried(LifecycleEvent event, int tries) {
        return new LifecycleEvent(
                event.id(),
                event.source(),
                event.type(),
                event.time(),
                event.resource(),
                event.offering(),
                event.change(),
                event.order(),
                tries,
                event.begun(),
                tries,
                event.deadline());
    }

    static Change change(
            @Nullable Plan plan,
            JsonObject limits,
            @Nullable Plan oldPlan,
            @Nullable JsonObject oldLimits,
            boolean limitsChange) {
        return new Change(plan, limits, oldPlan, oldLimits, limitsChange, new JsonObject().put("size", 10));
    }

    static Resource resource(@Nullable String backendId) {
        return new Resource(
                RESOURCE,
                "box",
                "ok",
                backendId,
                new JsonObject().put("cpu", 1),
                new JsonObject().put("size", 5),
                new Label(CUSTOMER, "Acme"),
                new Label(PROJECT, "Rockets"));
    }

    private static Plan plan(String uuid, String name, int cpu) {
        return new Plan(UUID.fromString(uuid), name, new JsonObject().put("cpu", cpu));
    }
}
