package io.factotum.api.offering;

import io.vertx.core.json.JsonObject;

/**
 * One thing wrong with what somebody sent.
 *
 * @param pointer a JSON pointer to it, {@code /create}; empty for the whole
 * @param message what is wrong and what was expected; never a secret's value
 */
public record Fault(String pointer, String message) {

    /** As {@code {pointer, message}}. */
    public JsonObject toJson() {
        return new JsonObject().put("pointer", pointer).put("message", message);
    }
}
