package io.factotum.scripts;

import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.resource.Component;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the result line of a pull: an object in base64 with usages, a report or both. All of it counts, or nothing. */
final class PulledLine {

    private static final int MAX_WHOLE_DIGITS = 18;
    private static final int MAX_PLACES = 2;
    private static final int MAX_AMOUNT_LENGTH = 1000;
    private static final String EXPECTED = "Expected one word: an object with usages, report or both, in base64";
    private static final String EXPECTED_AMOUNT =
            "Expected a decimal of at least 0, with at most 20 digits, 2 of them after the point";

    private final List<Component> components;
    private final Quote quote;

    PulledLine(List<Component> components, Quote quote) {
        this.components = components;
        this.quote = quote;
    }

    LifecycleResult parse(String line) {
        JsonObject object = decode(line);
        Warnings warnings = new Warnings();
        List<Usage> usages = null;
        if (object.getValue("usages") != null) {
            usages = usages(entries(object, "usages"), warnings);
        }
        List<ReportSection> report = null;
        if (object.getValue("report") != null) {
            report = report(entries(object, "report"), warnings);
        }
        warnOfOthers(object, Set.of("usages", "report"), "the result", warnings);
        return LifecycleResult.pulled(usages, report, warnings.list());
    }

    private static JsonObject decode(String line) {
        try {
            return EncodedObject.decode(line);
        } catch (BadOutputException wrong) {
            throw new BadOutputException("%s. %s".formatted(wrong.getMessage(), EXPECTED));
        }
    }

    private static List<JsonObject> entries(JsonObject object, String key) {
        Object value = object.getValue(key);
        JsonArray array = value instanceof JsonArray list ? list : new JsonArray().add(value);
        List<JsonObject> entries = new ArrayList<>();
        for (Object entry : array) {
            if (!(entry instanceof JsonObject entryObject)) {
                throw new BadOutputException("its %s is neither an object nor a list of objects. Expected %s"
                        .formatted(key, key.equals("usages") ? "{type, amount}" : "{header, body}"));
            }
            entries.add(entryObject);
        }
        return entries;
    }

    private List<Usage> usages(List<JsonObject> entries, Warnings warnings) {
        Map<String, Usage> usages = new LinkedHashMap<>();
        for (JsonObject entry : entries) {
            Usage usage = usage(entry);
            usages.remove(usage.type());
            usages.put(usage.type(), usage);
            warnOfOthers(entry, Set.of("type", "amount", "description", "recurring"), "a usage", warnings);
        }
        return List.copyOf(usages.values());
    }

    private Usage usage(JsonObject entry) {
        String type = type(entry.getValue("type"));
        Object description = entry.getValue("description", "");
        if (description != null && !(description instanceof String)) {
            throw new BadOutputException(
                    "the description of usage '%s' is not a text. Expected one, or none".formatted(quote.of(type)));
        }
        Object recurring = entry.getValue("recurring", false);
        if (recurring != null && !(recurring instanceof Boolean)) {
            throw new BadOutputException("'recurring' of usage '%s' is neither true nor false. Expected one of these"
                    .formatted(quote.of(type)));
        }
        return new Usage(
                type,
                amount(type, entry.getValue("amount")),
                description == null ? "" : (String) description,
                Boolean.TRUE.equals(recurring));
    }

    private String type(@Nullable Object value) {
        String known = components.stream()
                .filter(Component::isReportable)
                .map(Component::type)
                .collect(Collectors.joining(", "));
        String expected = known.isEmpty()
                ? "The offering has no component that usage is reported for"
                : "Expected one of " + known;
        if (!(value instanceof String type)) {
            throw new BadOutputException("a usage has no type. " + expected);
        }
        Component component = components.stream()
                .filter(c -> c.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new BadOutputException(
                        "the offering has no component '%s'. %s".formatted(quote.of(type), expected)));
        if (!component.isReportable()) {
            throw new BadOutputException("component '%s' is billed at a fixed amount, not by what is used. %s"
                    .formatted(quote.of(type), expected));
        }
        return type;
    }

    private BigDecimal amount(String type, @Nullable Object value) {
        if (!(value instanceof Number || value instanceof String)) {
            throw badAmount(type, value, "is not a number");
        }
        BigDecimal amount = decimal(type, value.toString().strip());
        if (amount.signum() == 0) {
            return BigDecimal.ZERO;
        }
        if (amount.signum() < 0) {
            throw badAmount(type, value, "is less than 0");
        }
        BigDecimal shortest = amount.stripTrailingZeros();
        if ((long) shortest.precision() - shortest.scale() > MAX_WHOLE_DIGITS) {
            throw badAmount(type, value, "has more than %d digits before the point".formatted(MAX_WHOLE_DIGITS));
        }
        if (shortest.scale() > MAX_PLACES) {
            throw badAmount(type, value, "has more than %d digits after the point".formatted(MAX_PLACES));
        }
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }

    private BigDecimal decimal(String type, String text) {
        try {
            // Reading a number takes time that grows with the square of its length.
            if (text.length() <= MAX_AMOUNT_LENGTH) {
                return new BigDecimal(text);
            }
        } catch (NumberFormatException notANumber) {
            throw badAmount(type, text, "is not a number");
        }
        throw badAmount(type, text, "has more than %d characters".formatted(MAX_AMOUNT_LENGTH));
    }

    private BadOutputException badAmount(String type, @Nullable Object value, String reason) {
        return new BadOutputException("the amount '%s' of usage '%s' %s. %s"
                .formatted(quote.of(String.valueOf(value)), quote.of(type), reason, EXPECTED_AMOUNT));
    }

    private List<ReportSection> report(List<JsonObject> entries, Warnings warnings) {
        List<ReportSection> report = new ArrayList<>();
        for (JsonObject entry : entries) {
            if (!(entry.getValue("header") instanceof String header)
                    || !(entry.getValue("body") instanceof String body)
                    || header.isBlank()
                    || body.isBlank()) {
                throw new BadOutputException("section %d of its report has no header or no body. Expected both, as"
                                .formatted(report.size() + 1)
                        + " texts that are not blank");
            }
            report.add(new ReportSection(header, body));
            warnOfOthers(entry, Set.of("header", "body"), "a report section", warnings);
        }
        return report;
    }

    private void warnOfOthers(JsonObject object, Collection<String> known, String what, Warnings warnings) {
        Set<String> others = new TreeSet<>(object.fieldNames());
        others.removeAll(known);
        if (!others.isEmpty()) {
            warnings.add("Ignored unknown keys of %s: %s. Known keys: %s."
                    .formatted(what, quote.names(others), String.join(", ", new TreeSet<>(known))));
        }
    }
}
