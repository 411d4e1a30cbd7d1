package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks objects against Kubernetes' own OpenAPI v3: types, and as a strict server no field that is not there. */
record OpenApiSchema(JsonObject schemas) {

    static OpenApiSchema read() throws IOException {
        try (InputStream file = OpenApiSchema.class.getResourceAsStream("/kubernetes/openapi-v3.json")) {
            return new OpenApiSchema(
                    new JsonObject(new String(file.readAllBytes(), StandardCharsets.UTF_8)).getJsonObject("schemas"));
        }
    }

    /** What is wrong with a part of an object, as a merge patch has it: nothing need be there. */
    List<String> patchFaults(String kind, JsonObject patch) {
        return faults(kind, patch).stream()
                .filter(fault -> !fault.endsWith(" is missing"))
                .toList();
    }

    /** What is wrong with an object. */
    List<String> faults(String kind, JsonObject object) {
        List<String> faults = new ArrayList<>();
        check(schemas.getJsonObject(kind), object, "", faults);
        return faults;
    }

    private void check(JsonObject schema, @Nullable Object value, String path, List<String> faults) {
        if (schema.containsKey("$ref")) {
            check(schemas.getJsonObject(schema.getString("$ref").replaceFirst(".*/", "")), value, path, faults);
            return;
        }
        for (Object part : schema.getJsonArray("allOf", new JsonArray())) {
            check((JsonObject) part, value, path, faults);
        }
        for (Object required : schema.getJsonArray("required", new JsonArray())) {
            if (value instanceof JsonObject object && !object.containsKey((String) required)) {
                faults.add(path + "." + required + " is missing");
            }
        }
        String type = schema.getString("type", "");
        boolean fits =
                switch (type) {
                    case "object" -> value instanceof JsonObject;
                    case "array" -> value instanceof JsonArray;
                    case "string" -> value instanceof String;
                    case "integer" -> value instanceof Integer || value instanceof Long;
                    case "boolean" -> value instanceof Boolean;
                    default -> true;
                };
        if (!fits) {
            faults.add(path + " is not of type " + type + ": " + value);
        } else if (value instanceof JsonArray array) {
            for (int at = 0; at < array.size(); at++) {
                check(
                        schema.getJsonObject("items", new JsonObject()),
                        array.getValue(at),
                        path + "[" + at + "]",
                        faults);
            }
        } else if (value instanceof JsonObject object && type.equals("object")) {
            members(schema, object, path, faults);
        }
    }

    private void members(JsonObject schema, JsonObject object, String path, List<String> faults) {
        JsonObject properties = schema.getJsonObject("properties", new JsonObject());
        JsonObject more = schema.getJsonObject("additionalProperties");
        for (String name : object.fieldNames()) {
            JsonObject member = properties.getJsonObject(name, more);
            if (member == null) {
                faults.add("unknown field " + path + "." + name);
            } else {
                check(member, object.getValue(name), path + "." + name, faults);
            }
        }
    }
}
