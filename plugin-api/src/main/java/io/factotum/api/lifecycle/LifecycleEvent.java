package io.factotum.api.lifecycle;

import io.factotum.api.resource.JsonRecords;
import io.factotum.api.resource.Offering;
import io.factotum.api.resource.Resource;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One lifecycle event with the snapshot that a plugin needs to carry it out: a CloudEvents 1.0 object in structured
 * JSON.
 *
 * @param id the run's id: the identity of the work, the same at each delivery
 * @param source {@code /factotum/<install id>}
 * @param time when the run was asked for
 * @param change the plan and limits that are to hold, and those before
 * @param order who ordered it; null in a pull
 * @param attempt how many times it has been handed to a plugin, from 1
 * @param begun whether an earlier delivery said, with {@link io.factotum.api.store.RunStore#begin}, that it might begin
 * @param tries how many times the work has been begun anew, from 1; more where an event that the offering calls idempotent
 *     has failed before: what an earlier try has left is not this one's
 * @param deadline when the work is to be stopped
 */
public record LifecycleEvent(
        UUID id,
        String source,
        EventType type,
        Instant time,
        Resource resource,
        Offering offering,
        Change change,
        @Nullable OrderRef order,
        int attempt,
        boolean begun,
        int tries,
        Instant deadline) {

    /** Of a first try. */
    public LifecycleEvent(
            UUID id,
            String source,
            EventType type,
            Instant time,
            Resource resource,
            Offering offering,
            Change change,
            @Nullable OrderRef order,
            int attempt,
            boolean begun,
            Instant deadline) {
        this(id, source, type, time, resource, offering, change, order, attempt, begun, 1, deadline);
    }

    /** From its CloudEvents JSON. @throws IllegalArgumentException if a member is missing or malformed */
    public static LifecycleEvent fromJson(JsonObject json) {
        JsonObject data = JsonRecords.object(json, "data");
        String cloudEventType = JsonRecords.text(json, "type");
        JsonObject order = data.getJsonObject("order");
        return new LifecycleEvent(
                JsonRecords.uuid(json, "id"),
                JsonRecords.text(json, "source"),
                EventType.ofKey(cloudEventType.substring(cloudEventType.lastIndexOf('.') + 1))
                        .orElseThrow(() ->
                                new IllegalArgumentException("Cannot read event type '%s'.".formatted(cloudEventType))),
                Instant.parse(JsonRecords.text(json, "time")),
                Resource.fromJson(JsonRecords.object(data, "resource")),
                Offering.fromJson(JsonRecords.object(data, "offering")),
                Change.fromJson(data),
                order == null ? null : OrderRef.fromJson(order),
                data.getInteger("attempt", 1),
                data.getBoolean("begun", false),
                data.getInteger("tries", 1),
                Instant.parse(JsonRecords.text(data, "deadline")));
    }

    /** As CloudEvents JSON. */
    public JsonObject toJson() {
        JsonObject data = change.toJson()
                .put("resource", resource.toJson())
                .put("offering", offering.toJson())
                .put("attempt", attempt)
                .put("begun", begun)
                .put("tries", tries)
                .put("deadline", deadline.toString());
        if (order != null) {
            data.put("order", order.toJson());
        }
        return new JsonObject()
                .put("specversion", "1.0")
                .put("id", id.toString())
                .put("source", source)
                .put("type", type.cloudEventType())
                .put("subject", resource.uuid().toString())
                .put("time", time.toString())
                .put("datacontenttype", "application/json")
                .put("data", data);
    }
}
