package io.factotum.host;

import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What verticles send to the host's addresses on the event bus: anything at all may come. */
public final class BusMessages {

    private BusMessages() {}

    /** The body. @throws Refusal if it is no JSON object */
    public static JsonObject body(Message<?> message) {
        Object body = message.body();
        if (body instanceof JsonObject object) {
            return object;
        }
        throw new Refusal(
                400,
                "bad_request",
                "Cannot read the message to '%s': its body is %s. Expected a JsonObject."
                        .formatted(message.address(), kind(body)));
    }

    private static String kind(@Nullable Object body) {
        return body == null ? "missing" : "of class " + body.getClass().getSimpleName();
    }
}
