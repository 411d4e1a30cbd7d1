package io.factotum.host.plugin;

import io.factotum.api.offering.Fault;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaException;
import io.vertx.json.schema.Validator;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JSON Schema out of a plugin's jar; tells everything that is wrong at once. */
final class JarSchema {

    private static final String PROPERTIES = "/properties";
    private static final String ADDITIONAL = "/additionalProperties";

    private static final Pattern WRONG_BRANCH =
            Pattern.compile("(?<branches>.*/(?:oneOf|anyOf)/)(?<number>\\d+)(?:/\\$ref)*/type");

    private final JsonObject schema;
    private final Validator validator;

    /** @throws SchemaException if it cannot be used */
    JarSchema(JsonObject schema) {
        this.schema = schema;
        JsonSchemaOptions options =
                new JsonSchemaOptions().setBaseUri("urn:factotum:settings").setOutputFormat(OutputFormat.Basic);
        if (!schema.containsKey("$schema")) {
            options.setDraft(Draft.DRAFT202012);
        }
        // A copy, since the validator writes into it.
        this.validator = Validator.create(JsonSchema.of(schema.copy()), options);
    }

    /** Everything that is wrong with the settings; never quotes a text of theirs. */
    List<Fault> faults(JsonObject settings) {
        OutputUnit outcome = validator.validate(settings.copy());
        if (outcome.getValid()) {
            return List.of();
        }
        List<OutputUnit> errors = outcome.getErrors();
        return errors.stream()
                .filter(error -> errors.stream().noneMatch(other -> explains(other, error)))
                .map(this::fault)
                .distinct()
                .toList();
    }

    // The validator tells of each fault again at every level above it, and calls a faulty property an additional one
    // too.
    private static boolean explains(OutputUnit other, OutputUnit error) {
        if (other == error || !isAtOrBelow(other.getInstanceLocation(), error.getInstanceLocation())) {
            return false;
        }
        String keyword = error.getKeywordLocation();
        if (other.getKeywordLocation().startsWith(keyword + "/")) {
            return true;
        }
        Matcher wrongBranch = WRONG_BRANCH.matcher(keyword);
        if (wrongBranch.matches() && isOfBranchThatFits(other, error, wrongBranch)) {
            return true;
        }
        if (keyword.endsWith("/if")) {
            String parent = keyword.substring(0, keyword.length() - "if".length());
            return other.getKeywordLocation().startsWith(parent + "then/")
                    || other.getKeywordLocation().startsWith(parent + "else/");
        }
        return keyword.endsWith(ADDITIONAL) && isAtOrBelow(other.getKeywordLocation(), siblingProperties(keyword));
    }

    // Of two forms of a value, one for lists and one for maps, only the form that was tried is worth a word.
    private static boolean isOfBranchThatFits(OutputUnit other, OutputUnit error, Matcher wrongBranch) {
        String keyword = other.getKeywordLocation();
        boolean otherBranch = keyword.startsWith(wrongBranch.group("branches"))
                && !keyword.startsWith(wrongBranch.group("branches") + wrongBranch.group("number") + "/");
        boolean fits =
                keyword.endsWith("/required") || !other.getInstanceLocation().equals(error.getInstanceLocation());
        return otherBranch && fits;
    }

    private static String siblingProperties(String additional) {
        return additional.substring(0, additional.length() - ADDITIONAL.length()) + PROPERTIES;
    }

    private static boolean isAtOrBelow(String location, String above) {
        return location.equals(above) || location.startsWith(above + "/");
    }

    private Fault fault(OutputUnit error) {
        String pointer = pointer(error.getInstanceLocation());
        String keyword = error.getKeywordLocation();
        if (!keyword.endsWith(ADDITIONAL)) {
            String what = keyword.contains("/propertyNames/") ? "The key itself: " : "";
            return new Fault(pointer, what + error.getError() + ".");
        }
        Object known = JsonPointer.from(pointer(siblingProperties(keyword))).queryJson(schema);
        return new Fault(
                pointer,
                known instanceof JsonObject object
                        ? "There is no such key. Known keys: %s."
                                .formatted(String.join(", ", new TreeSet<>(object.fieldNames())))
                        : "There is no such key.");
    }

    // The validator's locations are pointers in the form of a URI fragment.
    private static String pointer(String location) {
        return URLDecoder.decode(location.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
