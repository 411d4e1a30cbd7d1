package io.factotum.api.resource;

import io.vertx.core.json.JsonObject;

/** One section of a resource's report. */
public record ReportSection(String header, String body) {

    /** From {@code {header, body}}. */
    public static ReportSection fromJson(JsonObject json) {
        return new ReportSection(JsonRecords.text(json, "header"), JsonRecords.text(json, "body"));
    }

    /** As {@code {header, body}}. */
    public JsonObject toJson() {
        return new JsonObject().put("header", header).put("body", body);
    }
}
