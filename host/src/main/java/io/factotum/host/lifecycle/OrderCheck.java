package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.Fault;
import io.factotum.api.resource.Component;
import io.factotum.api.resource.JsonRecords;
import io.factotum.api.resource.Plan;
import io.factotum.host.Refusal;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the members of an order against its offering, and collects everything that is wrong. */
final class OrderCheck {

    /** Of a member that nobody reads; what is formatted in are those that are read. */
    static final String UNKNOWN = "not known here; expected one of %s";

    private static final int NAME_LENGTH = 150;

    private final List<Plan> plans;
    private final List<Component> components;
    private final List<Fault> faults = new ArrayList<>();

    /** Against the offering in a row with its {@code plans} and {@code components}. */
    OrderCheck(Row offering) {
        this.plans = JsonRecords.list(offering.getJsonArray("plans"), Plan::fromJson);
        this.components = JsonRecords.list(offering.getJsonArray("components"), Component::fromJson);
    }

    /** What one can ask for in an order of that type. */
    static List<String> members(EventType type) {
        return switch (type) {
            case CREATE ->
                List.of("offering", "name", "plan", "limits", "attributes", "customer", "project", "creator");
            case UPDATE -> List.of("plan", "limits", "attributes", "creator");
            case TERMINATE -> List.of("attributes", "creator");
            case PULL -> List.of();
        };
    }

    /** Whatever else the request has is a fault: one that is misspelt would be dropped without a word. */
    void names(JsonObject request, EventType type) {
        List<String> known = new ArrayList<>(members(type));
        known.add("type");
        known.add(type == EventType.CREATE ? "offering_type" : "resource");
        names("", request, known);
    }

    private void names(String pointer, JsonObject object, List<String> known) {
        object.fieldNames().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> fault(pointer + "/" + name, UNKNOWN.formatted(String.join(", ", known))));
    }

    void fault(String pointer, String message) {
        faults.add(new Fault(pointer, message));
    }

    /** Ends the check. @throws Refusal if anything was wrong */
    void finish(String what) {
        if (!faults.isEmpty()) {
            throw Refusal.unprocessable(what, faults);
        }
    }

    String name(JsonObject request) {
        if (!(request.getValue("name") instanceof String name) || name.isBlank()) {
            fault("/name", "missing; expected a name that is not blank");
            return "";
        }
        if (name.length() > NAME_LENGTH) {
            fault("/name", "too long: %d characters; expected at most %d".formatted(name.length(), NAME_LENGTH));
        }
        return name;
    }

    /** The plan of a new resource: the one named, or the only one there is. */
    @Nullable
    UUID planOfNew(JsonObject request) {
        if (request.getValue("plan") == null && plans.size() > 1) {
            fault("/plan", "missing; expected one of " + planNames());
            return null;
        }
        return planOf(request, plans.size() == 1 ? plans.get(0).uuid() : null);
    }

    /** The plan that is named, or else the one given. */
    @Nullable
    UUID planOf(JsonObject request, @Nullable UUID otherwise) {
        if (request.getValue("plan") == null) {
            return otherwise;
        }
        String wanted = String.valueOf(request.getValue("plan"));
        return plans.stream()
                .filter(plan -> plan.uuid().toString().equalsIgnoreCase(wanted)
                        || plan.name().equals(wanted))
                .map(Plan::uuid)
                .findFirst()
                .orElseGet(() -> {
                    fault("/plan", "the offering has no plan '%s'; expected one of %s".formatted(wanted, planNames()));
                    return null;
                });
    }

    private String planNames() {
        return plans.isEmpty()
                ? "none: it has no plans"
                : plans.stream().map(Plan::name).collect(Collectors.joining(", "));
    }

    /** The limits before with those of the request in their place. */
    JsonObject limits(JsonObject request, JsonObject before) {
        JsonObject limits = before.copy();
        JsonObject wanted = object(request, "limits");
        for (String type : wanted.fieldNames()) {
            Object amount = wanted.getValue(type);
            if (components.stream().noneMatch(c -> c.type().equals(type) && c.billing() == Component.Billing.LIMIT)) {
                fault(
                        "/limits/" + type,
                        "the offering has no component '%s' with billing limit; expected one of %s"
                                .formatted(type, limitNames()));
            } else if (!(amount instanceof Number number)
                    || !(number.doubleValue() >= 0)
                    || Double.isInfinite(number.doubleValue())) {
                fault("/limits/" + type, "cannot use '%s'; expected a number that is not negative".formatted(amount));
            } else {
                limits.put(type, amount);
            }
        }
        return limits;
    }

    private String limitNames() {
        String names = components.stream()
                .filter(component -> component.billing() == Component.Billing.LIMIT)
                .map(Component::type)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none: it has none" : names;
    }

    JsonObject object(JsonObject request, String name) {
        Object value = request.getValue(name);
        if (value == null) {
            return new JsonObject();
        }
        if (value instanceof JsonObject object) {
            return object;
        }
        fault("/" + name, "expected an object");
        return new JsonObject();
    }

    /** A customer or project: {@code {uuid, name}}. */
    JsonObject label(JsonObject request, String name) {
        JsonObject label = object(request, name);
        names("/" + name, label, List.of("uuid", "name"));
        try {
            JsonRecords.optionalUuid(label, "uuid");
            label.getString("name");
            return label;
        } catch (IllegalArgumentException | ClassCastException malformed) {
            fault("/" + name, "expected {uuid, name} with a UUID and a text");
            return new JsonObject();
        }
    }

    /** Who orders: {@code {email, username}}. */
    JsonObject creator(JsonObject request) {
        JsonObject creator = object(request, "creator");
        names("/creator", creator, List.of("email", "username"));
        try {
            creator.getString("email");
            creator.getString("username");
            return creator;
        } catch (ClassCastException malformed) {
            fault("/creator", "expected {email, username} with texts");
            return new JsonObject();
        }
    }
}
