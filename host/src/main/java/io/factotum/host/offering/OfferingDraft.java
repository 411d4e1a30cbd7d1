package io.factotum.host.offering;

import io.factotum.api.offering.Fault;
import io.factotum.api.resource.JsonRecords;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An offering as somebody wants it, after the schema has passed it: plans have their uuids, components their names.
 *
 * @param plans {@code [{uuid, name, amounts}]}
 * @param components {@code [{type, name, unit, billing}]}
 * @param slots runs under way at once; null: as the host's configuration says
 * @param failedCreation {@code hold} or {@code terminate}
 * @param faults what a schema cannot tell
 */
record OfferingDraft(
        String name,
        String type,
        String description,
        JsonArray plans,
        JsonArray components,
        JsonObject settings,
        @Nullable Integer slots,
        String failedCreation,
        List<Fault> faults) {

    /** What is done with a failed creation unless the offering says so. */
    static final String HOLD = "hold";

    /** A plan without a uuid keeps that of the stored plan of its name. */
    static OfferingDraft of(JsonObject body, JsonArray storedPlans) {
        List<Fault> faults = new ArrayList<>();
        JsonArray components = components(body.getJsonArray("components", new JsonArray()), faults);
        Set<String> types = texts(components, "type");
        return new OfferingDraft(
                body.getString("name"),
                body.getString("type"),
                body.getString("description", ""),
                plans(body.getJsonArray("plans", new JsonArray()), storedPlans, types, faults),
                components,
                body.getJsonObject("settings", new JsonObject()),
                body.getInteger("slots"),
                body.getString("failed_creation", HOLD),
                List.copyOf(faults));
    }

    Set<UUID> planIds() {
        return texts(plans, "uuid").stream().map(UUID::fromString).collect(Collectors.toSet());
    }

    Set<String> componentTypes() {
        return texts(components, "type");
    }

    private static JsonArray components(JsonArray sent, List<Fault> faults) {
        JsonArray components = new JsonArray();
        Set<String> types = new HashSet<>();
        for (int i = 0; i < sent.size(); i++) {
            JsonObject component = sent.getJsonObject(i);
            String type = component.getString("type");
            if (!types.add(type)) {
                faults.add(new Fault(
                        "/components/%d/type".formatted(i),
                        "There is another component of type '%s'.".formatted(type)));
            }
            components.add(new JsonObject()
                    .put("type", type)
                    .put("name", component.getString("name", type))
                    .put("unit", component.getString("unit"))
                    .put("billing", component.getString("billing")));
        }
        return components;
    }

    private static JsonArray plans(JsonArray sent, JsonArray stored, Set<String> types, List<Fault> faults) {
        JsonArray plans = new JsonArray();
        Set<String> names = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < sent.size(); i++) {
            JsonObject plan = sent.getJsonObject(i);
            String at = "/plans/%d/".formatted(i);
            String name = plan.getString("name");
            if (!names.add(name)) {
                faults.add(new Fault(at + "name", "There is another plan named '%s'.".formatted(name)));
            }
            String id = id(plan, stored);
            if (!ids.add(id)) {
                faults.add(new Fault(at + "uuid", "There is another plan with the uuid '%s'.".formatted(id)));
            }
            JsonObject amounts = JsonRecords.object(plan, "amounts");
            checkAmounts(at + "amounts/", amounts, types, faults);
            plans.add(new JsonObject().put("uuid", id).put("name", name).put("amounts", amounts));
        }
        return plans;
    }

    private static void checkAmounts(String at, JsonObject amounts, Set<String> types, List<Fault> faults) {
        for (String component : amounts.fieldNames()) {
            if (!types.contains(component)) {
                faults.add(new Fault(
                        at + component.replace("~", "~0").replace("/", "~1"),
                        types.isEmpty()
                                ? "There is no such component; the offering has none."
                                : "There is no such component. Known are: %s.".formatted(String.join(", ", types))));
            }
        }
    }

    private static String id(JsonObject plan, JsonArray stored) {
        UUID sent = JsonRecords.optionalUuid(plan, "uuid");
        if (sent != null) {
            return sent.toString();
        }
        return stored.stream()
                .map(JsonObject.class::cast)
                .filter(other -> plan.getString("name").equals(other.getString("name")))
                .findFirst()
                .map(other -> other.getString("uuid"))
                .orElseGet(() -> UUID.randomUUID().toString());
    }

    private static Set<String> texts(JsonArray objects, String member) {
        return objects.stream()
                .map(object -> ((JsonObject) object).getString(member))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
