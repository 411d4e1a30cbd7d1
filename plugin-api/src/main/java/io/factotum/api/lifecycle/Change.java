package io.factotum.api.lifecycle;

import io.factotum.api.resource.JsonRecords;
import io.factotum.api.resource.Plan;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What an event asks for. In a pull and a terminate: what the resource has.
 *
 * @param plan the plan that is to hold, if the resource has one
 * @param limits {@code {component type: amount}}, those that are to hold
 * @param oldPlan in an update, the plan before, if there was one
 * @param oldLimits in an update, the limits before; null otherwise
 * @param limitsChange whether the limits differ from those before
 * @param attributes of the order; in a pull, of the resource
 */
public record Change(
        @Nullable Plan plan,
        JsonObject limits,
        @Nullable Plan oldPlan,
        @Nullable JsonObject oldLimits,
        boolean limitsChange,
        JsonObject attributes) {

    static Change fromJson(JsonObject data) {
        JsonObject plan = data.getJsonObject("plan");
        JsonObject oldPlan = data.getJsonObject("old_plan");
        return new Change(
                plan == null ? null : Plan.fromJson(plan),
                JsonRecords.object(data, "limits"),
                oldPlan == null ? null : Plan.fromJson(oldPlan),
                data.getJsonObject("old_limits"),
                data.getBoolean("limits_change", false),
                JsonRecords.object(data, "attributes"));
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("limits", limits)
                .put("limits_change", limitsChange)
                .put("attributes", attributes);
        if (plan != null) {
            json.put("plan", plan.toJson());
        }
        if (oldPlan != null) {
            json.put("old_plan", oldPlan.toJson());
        }
        if (oldLimits != null) {
            json.put("old_limits", oldLimits);
        }
        return json;
    }
}
