package io.factotum.testkit;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;

/** Removes a plugin from the host, and demands that it lets go in good order. */
record Unloading(HostUnderTest host, String id) {

    /** @throws AssertionError that says how it stopped badly, or that it holds on to a thread */
    void demand() {
        Promise<JsonObject> ended = Promise.promise();
        MessageConsumer<JsonObject> steps = host.vertx()
                .eventBus()
                .<JsonObject>consumer(LifecycleAddress.PLUGINS_CHANGED, message -> told(message.body(), ended));
        try {
            HttpResponse<String> answer = host.api().send("DELETE", "/api/v1/plugins/" + id);
            if (answer.statusCode() == 404) {
                return;
            }
            HostApi.object(answer);
            JsonObject last = Waiting.until("the plugin to be removed", ended.future());
            String reason = last.getString("reason");
            if (reason != null) {
                throw new AssertionError(last.containsKey("stack") ? reason + "\n" + last.getString("stack") : reason);
            }
        } finally {
            Waiting.until("a consumer to be removed", steps.unregister());
        }
    }

    private void told(JsonObject step, Promise<JsonObject> ended) {
        String state = step.getString("state");
        if (id.equals(step.getString("id")) && (state.equals("REMOVED") || state.equals("STUCK"))) {
            ended.tryComplete(step);
        }
    }
}
