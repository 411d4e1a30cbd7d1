package io.factotum.api.resource;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;

/**
 * How much of one component a resource has used in the calendar month (UTC) in which the reading began: the total so
 * far, not a difference.
 *
 * @param type the component's type
 * @param amount in the component's unit, at least 0, at most 18 digits before and 2 after the point
 * @param recurring whether it counts again in later months until another figure is reported
 */
public record Usage(String type, BigDecimal amount, String description, boolean recurring) {

    /** From {@code {type, amount, description, recurring}}; the amount may be a number or a string. */
    public static Usage fromJson(JsonObject json) {
        return new Usage(
                JsonRecords.text(json, "type"),
                new BigDecimal(json.getValue("amount").toString()),
                JsonRecords.text(json, "description"),
                json.getBoolean("recurring", false));
    }

    /** As {@code {type, amount, description, recurring}}, the amount as a plain decimal string: money is no float. */
    public JsonObject toJson() {
        return new JsonObject()
                .put("type", type)
                .put("amount", amount.toPlainString())
                .put("description", description)
                .put("recurring", recurring);
    }
}
