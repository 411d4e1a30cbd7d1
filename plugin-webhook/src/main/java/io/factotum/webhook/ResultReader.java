package io.factotum.webhook;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.lifecycle.RunTrace;
import io.factotum.api.resource.Component;
import io.factotum.api.resource.Endpoint;
import io.factotum.api.resource.ReportSection;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a result: all of it counts, or nothing. What it has no place for is told in a warning. */
final class ResultReader {

    private static final Set<String> OF_ALL = Set.of("outcome", "code", "message", "warnings");
    private static final Set<String> OF_ORDERS = Set.of("backend_id", "backend_metadata", "endpoints");
    private static final Set<String> OF_PULLS = Set.of("usages", "report");
    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final int LONGEST_ID = 255;
    private static final int LONGEST_MESSAGE = 4000;

    private final EventType event;
    private final UsageReader usages;

    ResultReader(EventType event, List<Component> components) {
        this.event = event;
        this.usages = new UsageReader(components);
    }

    /** The result. @throws BadAnswerException saying what is wrong */
    LifecycleResult read(JsonObject json) {
        Outcome outcome = outcome(json);
        boolean pull = event == EventType.PULL;
        return new LifecycleResult(
                outcome,
                outcome == Outcome.SUCCEEDED ? null : code(json),
                message(json, outcome),
                pull ? null : id(json),
                pull ? null : metadata(json),
                pull ? null : list(json, "endpoints", ResultReader::endpoint),
                pull ? list(json, "usages", usages::read) : null,
                pull ? list(json, "report", ResultReader::section) : null,
                warnings(json),
                RunTrace.NONE);
    }

    /** What can be used of a result with faults, of what is known of the backend. */
    LifecycleResult known(JsonObject json) {
        return LifecycleResult.created(
                orNull(() -> id(json)),
                orNull(() -> metadata(json)),
                orNull(() -> list(json, "endpoints", ResultReader::endpoint)));
    }

    private static <T> @Nullable T orNull(Supplier<@Nullable T> read) {
        try {
            return read.get();
        } catch (BadAnswerException wrong) {
            return null;
        }
    }

    private static Outcome outcome(JsonObject json) {
        Object value = json.getValue("outcome");
        if (value == null || value.equals("succeeded")) {
            return Outcome.SUCCEEDED;
        }
        if (value.equals("failed")) {
            return Outcome.FAILED;
        }
        throw new BadAnswerException("its outcome is neither succeeded nor failed. Expected one of these, or none");
    }

    private static String code(JsonObject json) {
        String code = text(json, "code");
        if (code == null) {
            return "endpoint_failed";
        }
        if (CODE.matcher(code).matches()) {
            return code;
        }
        throw new BadAnswerException("its code is no word of lower-case letters, digits and _. Expected one, or none");
    }

    private String message(JsonObject json, Outcome outcome) {
        String message = text(json, "message");
        if (message == null || message.isBlank()) {
            return outcome == Outcome.SUCCEEDED
                    ? ""
                    : "The endpoint says that the %s failed, and not why. See its own log.".formatted(event.key());
        }
        return message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "…" : message;
    }

    private static @Nullable String id(JsonObject json) {
        String id = text(json, "backend_id");
        if (id == null) {
            return null;
        }
        if (id.isBlank()
                || id.codePointCount(0, id.length()) > LONGEST_ID
                || id.chars().anyMatch(Character::isISOControl)) {
            throw new BadAnswerException(
                    "its backend_id is none. Expected 1 to %d characters, no control characters, or no such member"
                            .formatted(LONGEST_ID));
        }
        return id;
    }

    private static @Nullable JsonObject metadata(JsonObject json) {
        Object value = json.getValue("backend_metadata");
        if (value == null || value instanceof JsonObject) {
            return (JsonObject) value;
        }
        throw new BadAnswerException("its backend_metadata is no object. Expected one, as {\"key\": \"value\"}");
    }

    private static <T> @Nullable List<T> list(JsonObject json, String key, Function<JsonObject, T> read) {
        Object value = json.getValue(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof JsonArray array)) {
            throw new BadAnswerException("its %s are no list. Expected a list of objects".formatted(key));
        }
        List<T> items = new ArrayList<>();
        for (Object item : array) {
            if (!(item instanceof JsonObject object)) {
                throw new BadAnswerException(
                        "entry %d of its %s is no object. Expected a list of objects".formatted(items.size(), key));
            }
            items.add(read.apply(object));
        }
        return items;
    }

    private static Endpoint endpoint(JsonObject json) {
        return new Endpoint(required(json, "an endpoint", "name"), required(json, "an endpoint", "url"));
    }

    private static ReportSection section(JsonObject json) {
        return new ReportSection(
                required(json, "a section of its report", "header"), required(json, "a section of its report", "body"));
    }

    private static String required(JsonObject json, String what, String key) {
        if (json.getValue(key) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new BadAnswerException("%s has no %s. Expected a text that is not blank".formatted(what, key));
    }

    private static @Nullable String text(JsonObject json, String key) {
        Object value = json.getValue(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new BadAnswerException("its %s is no text. Expected one, or none".formatted(key));
    }

    private List<String> warnings(JsonObject json) {
        List<String> warnings = new ArrayList<>();
        Object value = json.getValue("warnings");
        if (value != null && !(value instanceof JsonArray)) {
            throw new BadAnswerException("its warnings are no list. Expected a list of texts");
        }
        if (value instanceof JsonArray array) {
            for (Object warning : array) {
                if (!(warning instanceof String text)) {
                    throw new BadAnswerException("one of its warnings is no text. Expected a list of texts");
                }
                warnings.add(text);
            }
        }
        Set<String> known = new TreeSet<>(OF_ALL);
        known.addAll(event == EventType.PULL ? OF_PULLS : OF_ORDERS);
        Set<String> others = new LinkedHashSet<>(json.fieldNames());
        others.removeAll(known);
        if (!others.isEmpty()) {
            warnings.add("Ignored what an answer to a %s has no place for: %s. Known: %s."
                    .formatted(event.key(), String.join(", ", others), String.join(", ", known)));
        }
        return warnings;
    }
}
