package io.factotum.api.resource;

import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Locale;

/**
 * One thing that usage is counted in.
 *
 * @param type its key: {@code cpu}, {@code storage}
 * @param name what people call it
 * @param unit what an amount of 1 means: {@code hours}, {@code MB}
 */
public record Component(String type, String name, String unit, Billing billing) {

    /** How a component is charged. Usage may be reported for {@link #USAGE} and {@link #LIMIT}. */
    public enum Billing {
        /** The plan's amount, whatever is used. */
        FIXED,
        /** What is reported. */
        USAGE,
        /** The limit that the resource was ordered with. */
        LIMIT;

        /** The name used in JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Billing ofKey(String key) {
            return Arrays.stream(values())
                    .filter(billing -> billing.key().equals(key))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "Cannot read billing type '%s'. Expected fixed, usage or limit.".formatted(key)));
        }
    }

    /** Whether a pull may report usage of it. */
    public boolean isReportable() {
        return billing != Billing.FIXED;
    }

    /** From {@code {type, name, unit, billing}}. */
    public static Component fromJson(JsonObject json) {
        return new Component(
                JsonRecords.text(json, "type"),
                json.getString("name", JsonRecords.text(json, "type")),
                JsonRecords.text(json, "unit"),
                Billing.ofKey(JsonRecords.text(json, "billing")));
    }

    /** As {@code {type, name, unit, billing}}. */
    public JsonObject toJson() {
        return new JsonObject()
                .put("type", type)
                .put("name", name)
                .put("unit", unit)
                .put("billing", billing.key());
    }
}
