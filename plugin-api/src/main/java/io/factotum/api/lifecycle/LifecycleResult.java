package io.factotum.api.lifecycle;

import io.factotum.api.resource.Endpoint;
import io.factotum.api.resource.JsonRecords;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How an event was carried out, and what follows from it for the resource. The host commits it in one transaction.
 *
 * @param code a stable word for the kind of failure; null where the outcome is {@link Outcome#SUCCEEDED}
 * @param message for a person; empty where there is nothing to say
 * @param backendId to be stored; kept too when a creation failed
 * @param backendMetadata to be stored; null leaves what is stored
 * @param endpoints to be stored; null leaves what is stored
 * @param usages the month's totals so far; null reports nothing
 * @param report replaces the one before; null leaves it
 * @param warnings for a person, none of them a failure
 * @param trace stored with the run; not part of the JSON
 */
public record LifecycleResult(
        Outcome outcome,
        @Nullable String code,
        String message,
        @Nullable String backendId,
        @Nullable JsonObject backendMetadata,
        @Nullable List<Endpoint> endpoints,
        @Nullable List<Usage> usages,
        @Nullable List<ReportSection> report,
        List<String> warnings,
        RunTrace trace) {

    /** Copies the lists. */
    public LifecycleResult {
        endpoints = endpoints == null ? null : List.copyOf(endpoints);
        usages = usages == null ? null : List.copyOf(usages);
        report = report == null ? null : List.copyOf(report);
        warnings = List.copyOf(warnings);
    }

    /** It was done, and there is nothing to store of it. */
    public static LifecycleResult succeeded() {
        return new LifecycleResult(Outcome.SUCCEEDED, null, "", null, null, null, null, null, List.of(), RunTrace.NONE);
    }

    /** It was done: a creation with what is to be stored of the resource. */
    public static LifecycleResult created(
            @Nullable String backendId, @Nullable JsonObject backendMetadata, @Nullable List<Endpoint> endpoints) {
        return new LifecycleResult(
                Outcome.SUCCEEDED,
                null,
                "",
                backendId,
                backendMetadata,
                endpoints,
                null,
                null,
                List.of(),
                RunTrace.NONE);
    }

    /** It was done: a pull with what it read. */
    public static LifecycleResult pulled(
            @Nullable List<Usage> usages, @Nullable List<ReportSection> report, List<String> warnings) {
        return new LifecycleResult(
                Outcome.SUCCEEDED, null, "", null, null, null, usages, report, warnings, RunTrace.NONE);
    }

    /** It was not done. */
    public static LifecycleResult failed(Outcome outcome, String code, String message) {
        return new LifecycleResult(outcome, code, message, null, null, null, null, null, List.of(), RunTrace.NONE);
    }

    /** The same with a backend id, metadata and endpoints to be kept, as of a creation that failed late. */
    public LifecycleResult keeping(LifecycleResult made) {
        return new LifecycleResult(
                outcome,
                code,
                message,
                made.backendId,
                made.backendMetadata,
                made.endpoints,
                usages,
                report,
                warnings,
                trace);
    }

    /** The same with a trace. */
    public LifecycleResult with(RunTrace newTrace) {
        return new LifecycleResult(
                outcome, code, message, backendId, backendMetadata, endpoints, usages, report, warnings, newTrace);
    }

    /** Whether it was done. */
    public boolean isSuccess() {
        return outcome == Outcome.SUCCEEDED;
    }

    /** From JSON; without a trace. */
    public static LifecycleResult fromJson(JsonObject json) {
        return new LifecycleResult(
                Outcome.ofKey(JsonRecords.text(json, "outcome")),
                json.getString("code"),
                JsonRecords.text(json, "message"),
                json.getString("backend_id"),
                json.getJsonObject("backend_metadata"),
                optionalList(json, "endpoints")
                        .map(a -> JsonRecords.list(a, Endpoint::fromJson))
                        .orElse(null),
                optionalList(json, "usages")
                        .map(a -> JsonRecords.list(a, Usage::fromJson))
                        .orElse(null),
                optionalList(json, "report")
                        .map(a -> JsonRecords.list(a, ReportSection::fromJson))
                        .orElse(null),
                optionalList(json, "warnings")
                        .map(a -> a.stream().map(String.class::cast).toList())
                        .orElse(List.of()),
                RunTrace.NONE);
    }

    /** As JSON, snake case, without what is absent and without the trace. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject().put("outcome", outcome.key()).put("message", message);
        putIfPresent(json, "code", code);
        putIfPresent(json, "backend_id", backendId);
        putIfPresent(json, "backend_metadata", backendMetadata);
        putIfPresent(json, "endpoints", endpoints == null ? null : JsonRecords.array(endpoints, Endpoint::toJson));
        putIfPresent(json, "usages", usages == null ? null : JsonRecords.array(usages, Usage::toJson));
        putIfPresent(json, "report", report == null ? null : JsonRecords.array(report, ReportSection::toJson));
        return json.put("warnings", new JsonArray(List.copyOf(warnings)));
    }

    private static Optional<JsonArray> optionalList(JsonObject json, String key) {
        return Optional.ofNullable(json.getJsonArray(key));
    }

    private static void putIfPresent(JsonObject json, String key, @Nullable Object value) {
        if (value != null) {
            json.put(key, value);
        }
    }
}
