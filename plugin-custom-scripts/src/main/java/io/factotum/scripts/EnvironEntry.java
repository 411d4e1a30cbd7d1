package io.factotum.scripts;

import io.vertx.core.json.JsonObject;

/**
 * One variable that an offering sets, as it is stored.
 *
 * @param value the text; of a secret, what {@link io.factotum.api.store.SecretBox} made of it
 */
record EnvironEntry(String name, String value, boolean secret) {

    JsonObject toJson() {
        return secret ? shown().put("sealed", value) : shown();
    }

    /** Without a secret's value. */
    JsonObject shown() {
        JsonObject json = new JsonObject().put("name", name);
        return secret ? json.put("secret", true) : json.put("value", value);
    }

    /** Never tells the value. */
    @Override
    public String toString() {
        return "EnvironEntry[name=%s, secret=%s]".formatted(name, secret);
    }
}
