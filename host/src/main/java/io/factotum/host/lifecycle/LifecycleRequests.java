package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.offering.Fault;
import io.factotum.api.resource.JsonRecords;
import io.factotum.host.BusMessages;
import io.factotum.host.Refusal;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Requests that a verticle sends to a lifecycle address itself: each becomes an order, or a pull, of the one queue, and
 * is answered with the result of its run.
 */
final class LifecycleRequests {

    /** What else an event has in its data: who sends one on may leave it there. */
    private static final Set<String> OF_AN_EVENT = Set.of(
            "offering",
            "plan",
            "limits",
            "resource",
            "old_plan",
            "old_limits",
            "limits_change",
            "order",
            "attempt",
            "begun",
            "tries",
            "deadline");

    private final OrderService orders;
    private final RunService runs;
    private final RunWaiters waiters;

    LifecycleRequests(OrderService orders, RunService runs, RunWaiters waiters) {
        this.orders = orders;
        this.runs = runs;
        this.waiters = waiters;
    }

    /** Answers it, however long it takes. */
    void answer(String pluginId, EventType type, Message<?> message) {
        Future<JsonObject> answer;
        try {
            JsonObject event = BusMessages.body(message);
            answer = type == EventType.PULL ? pull(event) : order(pluginId, type, event);
        } catch (Refusal refusal) {
            answer = Future.failedFuture(refusal);
        } catch (RuntimeException malformed) {
            answer = Future.failedFuture(
                    new Refusal(400, "bad_request", "Cannot read the event: %s".formatted(malformed.getMessage())));
        }
        answer.onComplete(message::reply, failure -> message.reply(Replies.refused(failure)));
    }

    private Future<JsonObject> pull(JsonObject event) {
        return runs.pullNow(JsonRecords.uuid(event, "subject"))
                .compose(run -> waiters.result(UUID.fromString(run.getString("uuid"))));
    }

    private Future<JsonObject> order(String pluginId, EventType type, JsonObject event) {
        JsonObject data = JsonRecords.object(event, "data");
        List<String> passedOn = OrderCheck.members(type);
        checkNames(data, passedOn);
        JsonObject request = new JsonObject().put("type", type.key());
        passedOn.stream()
                .filter(data::containsKey)
                .forEach(name -> request.put(name, reference(name, data.getValue(name))));
        if (type == EventType.CREATE) {
            request.put("offering_type", pluginId);
        } else {
            request.put("resource", event.getString("subject"));
        }
        String id = event.getString("id");
        return orders.submit(request, id == null ? null : "event:" + id).compose(this::result);
    }

    /** One that is misspelt would be dropped without a word. */
    private static void checkNames(JsonObject data, List<String> passedOn) {
        List<Fault> unknown = data.fieldNames().stream()
                .filter(name -> !passedOn.contains(name) && !OF_AN_EVENT.contains(name))
                .map(name -> new Fault("/data/" + name, OrderCheck.UNKNOWN.formatted(String.join(", ", passedOn))))
                .toList();
        if (!unknown.isEmpty()) {
            throw Refusal.unprocessable("take the request", unknown);
        }
    }

    /** An offering or plan is named by its UUID or its name, or by an object that has one. */
    private static Object reference(String name, Object value) {
        return List.of("offering", "plan").contains(name) && value instanceof JsonObject object
                ? object.getString("uuid", object.getString("name"))
                : value;
    }

    private Future<JsonObject> result(JsonObject submitted) {
        String run = submitted.getJsonObject("order").getString("run");
        return run == null
                ? Future.succeededFuture(LifecycleResult.succeeded().toJson())
                : waiters.result(UUID.fromString(run));
    }
}
