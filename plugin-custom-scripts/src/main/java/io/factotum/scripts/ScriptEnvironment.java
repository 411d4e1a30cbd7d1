package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.lifecycle.Change;
import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.OrderRef;
import io.factotum.api.resource.JsonRecords;
import io.factotum.api.resource.Label;
import io.factotum.api.resource.Plan;
import io.factotum.api.resource.Resource;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a script finds in its environment: pure.
 *
 * @param plain what the event tells, and the offering's own that is no secret
 * @param secret the offering's secrets
 */
record ScriptEnvironment(Map<String, String> plain, Map<String, String> secret) {

    /**
     * For one event. The offering's own variables win.
     *
     * @throws IllegalArgumentException if a variable is larger than a program can take
     */
    static ScriptEnvironment of(LifecycleEvent event, ScriptSettings.Environ environ) {
        Map<String, String> variables = new LinkedHashMap<>();
        put(variables, "EVENT", event.type().key());
        put(variables, "RUN_UUID", event.id());
        putResource(variables, event.resource());
        putChange(variables, event);
        put(variables, "OFFERING_UUID", event.offering().uuid());
        put(variables, "OFFERING_NAME", event.offering().name());
        putLabel(variables, "CUSTOMER", event.resource().customer());
        putLabel(variables, "PROJECT", event.resource().project());
        OrderRef order = event.order();
        if (order != null && event.type() != EventType.PULL) {
            put(variables, "ORDER_UUID", order.uuid());
            put(variables, "CREATOR_EMAIL", order.creatorEmail());
            put(variables, "CREATOR_USERNAME", order.creatorUsername());
        }
        variables.putAll(environ.plain());
        variables.keySet().removeAll(environ.secret().keySet());
        variables.forEach(ScriptEnvironment::checkSize);
        return new ScriptEnvironment(variables, environ.secret());
    }

    private static void putResource(Map<String, String> variables, Resource resource) {
        put(variables, "RESOURCE_UUID", resource.uuid());
        put(variables, "RESOURCE_NAME", resource.name());
        put(variables, "RESOURCE_BACKEND_ID", resource.backendId());
        put(variables, "RESOURCE_BACKEND_METADATA", resource.backendMetadata());
        put(variables, "RESOURCE_ATTRIBUTES", resource.attributes());
    }

    private static void putChange(Map<String, String> variables, LifecycleEvent event) {
        Change change = event.change();
        JsonObject oldLimits = event.type() == EventType.UPDATE ? change.oldLimits() : null;
        JsonObject attributes = change.attributes();
        if (oldLimits != null && change.limitsChange()) {
            attributes = attributes.copy().put("old_limits", oldLimits);
        }
        put(variables, "ATTRIBUTES", attributes);
        put(variables, "LIMITS", change.limits());
        put(variables, "OLD_LIMITS", oldLimits);
        Plan plan = change.plan();
        if (plan != null) {
            put(variables, "PLAN_UUID", plan.uuid());
            put(variables, "PLAN_NAME", plan.name());
            put(variables, "PLAN_COMPONENT_AMOUNTS", plan.amounts());
        }
        Plan oldPlan = change.oldPlan();
        if (oldPlan != null && event.type() == EventType.UPDATE) {
            put(variables, "OLD_PLAN_UUID", oldPlan.uuid());
            put(variables, "OLD_PLAN_NAME", oldPlan.name());
        }
    }

    private static void putLabel(Map<String, String> variables, String prefix, Label label) {
        put(variables, prefix + "_UUID", label.uuid());
        put(variables, prefix + "_NAME", label.name());
    }

    private static void put(Map<String, String> variables, String name, @Nullable UUID value) {
        put(variables, name, value == null ? null : JsonRecords.hex(value));
    }

    private static void put(Map<String, String> variables, String name, @Nullable JsonObject value) {
        put(variables, name, value == null ? null : value.encode());
    }

    /** Absent, not empty. */
    private static void put(Map<String, String> variables, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            variables.put(name, value.replace('\0', '\uFFFD'));
        }
    }

    private static void checkSize(String name, String value) {
        int bytes = name.length() + 1 + value.getBytes(UTF_8).length + 1;
        if (bytes > Environs.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "Cannot pass variable '%s': it has %d bytes. No program can take more than %d."
                            .formatted(name, bytes, Environs.MAX_BYTES));
        }
    }

    /** Never tells a value. */
    @Override
    public String toString() {
        return "ScriptEnvironment[plain=%s, secret=%s]".formatted(plain.keySet(), secret.keySet());
    }
}
