package io.factotum.host.plugin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's configuration as it may be shown: without what a reference brought in, what its schema calls
 * {@code writeOnly}, and what is a secret by name.
 */
final class ShownConfig {

    /** Stands in the place of a secret. */
    static final String HIDDEN = "***";

    private static final Set<String> SECRETS =
            Set.of("password", "passwd", "secret", "token", "credential", "apikey", "api-key", "private", "auth");

    private ShownConfig() {}

    /**
     * What may be shown.
     *
     * @param resolved what the plugin gets
     * @param written what the file says, its references unresolved
     * @param schema that it fits; {@code $ref} is not followed
     */
    static JsonObject of(JsonObject resolved, JsonObject written, JsonObject schema) {
        JsonObject shown = new JsonObject();
        JsonObject properties = child(schema, "properties");
        resolved.forEach(entry -> {
            String key = entry.getKey();
            JsonObject of = child(properties, key);
            shown.put(
                    key,
                    isSecret(key) || of.getBoolean("writeOnly", false)
                            ? HIDDEN
                            : shown(entry.getValue(), written.getValue(key), of));
        });
        return shown;
    }

    private static JsonObject child(JsonObject schema, String key) {
        return schema.getValue(key) instanceof JsonObject object ? object : new JsonObject();
    }

    private static boolean isSecret(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return SECRETS.stream().anyMatch(lower::contains);
    }

    private static @Nullable Object shown(@Nullable Object value, @Nullable Object asWritten, JsonObject schema) {
        if (value instanceof JsonObject object) {
            return of(object, asWritten instanceof JsonObject other ? other : new JsonObject(), schema);
        }
        if (value instanceof JsonArray list) {
            JsonArray items = new JsonArray();
            for (int i = 0; i < list.size(); i++) {
                items.add(shown(
                        list.getValue(i),
                        asWritten instanceof JsonArray other && i < other.size() ? other.getValue(i) : null,
                        child(schema, "items")));
            }
            return items;
        }
        // What is not literally in the file came from elsewhere.
        return value == null || value.equals(asWritten) ? value : HIDDEN;
    }
}
