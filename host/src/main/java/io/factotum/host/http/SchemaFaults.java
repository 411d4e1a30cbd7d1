package io.factotum.host.http;

import io.factotum.api.offering.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.OutputUnit;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a validation against a schema found, as one fault for each thing that is wrong.
 *
 * <p>The validator reports each fault once more for every object and array round it, in words about its own workings;
 * those are left out, and the texts are made here from the schema's keywords.
 */
final class SchemaFaults {

    /** More are of no use to anybody, and a body could hold millions. */
    private static final int MOST = 100;

    private final JsonObject root;
    private final List<OutputUnit> errors;

    private SchemaFaults(JsonObject root, List<OutputUnit> errors) {
        this.root = root;
        this.errors = errors;
    }

    static List<Fault> of(JsonSchema schema, OutputUnit result) {
        if (Boolean.TRUE.equals(result.getValid())) {
            return List.of();
        }
        List<OutputUnit> errors = result.getErrors() == null ? List.of() : result.getErrors();
        return new SchemaFaults((JsonObject) schema, errors).faults();
    }

    private List<Fault> faults() {
        Set<String> outer = outerKeywords();
        List<Fault> faults = new ArrayList<>();
        for (OutputUnit error : errors) {
            if (outer.contains(error.getKeywordLocation()) || isKnownMember(error)) {
                continue;
            }
            if (faults.size() == MOST) {
                faults.add(new Fault("", "There are more things wrong than the %d told here.".formatted(MOST)));
                break;
            }
            faults.add(fault(error));
        }
        return faults;
    }

    /** Keywords that only failed because one inside them did. */
    private Set<String> outerKeywords() {
        Set<String> outer = new HashSet<>();
        for (OutputUnit error : errors) {
            String location = error.getKeywordLocation();
            for (int slash = location.lastIndexOf('/'); slash > 0; slash = location.lastIndexOf('/', slash - 1)) {
                outer.add(location.substring(0, slash));
            }
        }
        return outer;
    }

    /** The validator takes a member whose value is wrong for one that the schema does not name. */
    private boolean isKnownMember(OutputUnit error) {
        String location = error.getKeywordLocation();
        if (!location.endsWith("/additionalProperties")) {
            return false;
        }
        String pointer = plain(error.getInstanceLocation());
        String member = unescaped(pointer.substring(pointer.lastIndexOf('/') + 1));
        return schemaAt(location.substring(0, location.lastIndexOf('/')))
                .getJsonObject("properties", new JsonObject())
                .containsKey(member);
    }

    private Fault fault(OutputUnit error) {
        String location = error.getKeywordLocation();
        String keyword = location.substring(location.lastIndexOf('/') + 1);
        JsonObject schema = schemaAt(location.substring(0, Math.max(0, location.lastIndexOf('/'))));
        String pointer = plain(error.getInstanceLocation());
        String text = error.getError();
        if (keyword.equals("required")) {
            String missing = text.substring(text.indexOf('"') + 1, text.lastIndexOf('"'));
            return new Fault(pointer + "/" + missing, "It is missing.");
        }
        String expected = expected(keyword, schema);
        return new Fault(pointer, expected == null ? text : expected);
    }

    private static @Nullable String expected(String keyword, JsonObject schema) {
        Object bound = schema.getValue(keyword);
        return switch (keyword) {
            case "type" -> "Expected %s.".formatted(typeName(String.valueOf(bound)));
            case "additionalProperties" -> "It is not known here. Known are: %s.".formatted(members(schema));
            case "enum" ->
                bound instanceof JsonArray words
                        ? "Expected one of %s."
                                .formatted(words.stream().map(String::valueOf).collect(Collectors.joining(", ")))
                        : null;
            case "pattern" -> "Expected %s.".formatted(schema.getString("x-expected", "a match of " + bound));
            case "minimum" -> "Expected at least %s.".formatted(bound);
            case "maximum" -> "Expected at most %s.".formatted(bound);
            case "minLength" -> "It is too short. Expected at least %s character(s).".formatted(bound);
            case "maxLength" -> "It is too long. Expected at most %s characters.".formatted(bound);
            case "minProperties" -> "Expected at least %s of: %s.".formatted(bound, members(schema));
            case "maxItems" -> "There are too many. Expected at most %s.".formatted(bound);
            default -> null;
        };
    }

    private static String members(JsonObject schema) {
        return schema.getJsonObject("properties", new JsonObject()).fieldNames().stream()
                .filter(JsonSchema.EXCLUDE_ANNOTATIONS)
                .collect(Collectors.joining(", "));
    }

    private static String typeName(String type) {
        return switch (type) {
            case "object", "array" -> "an " + type;
            case "integer" -> "a whole number";
            case "boolean" -> "true or false";
            default -> "a " + type;
        };
    }

    /** The file's references are already replaced by what they point to, so a location leads straight there. */
    private JsonObject schemaAt(String location) {
        Object at = root;
        for (String step : plain(location).split("/")) {
            if (at instanceof JsonArray array) {
                at = array.getValue(Integer.parseInt(step));
            } else if (at instanceof JsonObject object && !step.isEmpty() && !step.equals("$ref")) {
                at = object.getValue(unescaped(step));
            }
        }
        return at instanceof JsonObject schema ? schema : new JsonObject();
    }

    private static String unescaped(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }

    /** A location is a JSON pointer in the form of a URI's fragment. */
    private static String plain(String fragment) {
        String encoded = fragment.startsWith("#") ? fragment.substring(1) : fragment;
        try {
            return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException undecodable) {
            return encoded;
        }
    }
}
