package io.factotum.webhook;

import io.vertx.core.json.JsonObject;

/**
 * One header that an offering adds to its requests, as it is stored.
 *
 * @param value the text; of a secret, what {@link io.factotum.api.store.SecretBox} made of it
 */
record HeaderEntry(String name, String value, boolean secret) {

    Object toJson() {
        return secret ? new JsonObject().put("secret", true).put("sealed", value) : value;
    }

    /** Without a secret's value. */
    Object shown() {
        return secret ? new JsonObject().put("secret", true) : value;
    }

    /** Never tells the value. */
    @Override
    public String toString() {
        return "HeaderEntry[name=%s, secret=%s]".formatted(name, secret);
    }
}
