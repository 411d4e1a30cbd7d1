package io.factotum.api.resource;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Small steps between JSON values and the members of records, shared by the records of this API. */
public final class JsonRecords {

    private JsonRecords() {}

    /** The members of a JSON array of objects, each read; an absent array is an empty list. */
    public static <T> List<T> list(@Nullable JsonArray array, Function<JsonObject, T> read) {
        return array == null
                ? List.of()
                : array.stream().map(JsonObject.class::cast).map(read).toList();
    }

    /** A JSON array of the items, each written. */
    public static <T> JsonArray array(Collection<T> items, Function<T, JsonObject> write) {
        return new JsonArray(items.stream().map(write).toList());
    }

    /** The object under a key, or an empty one. */
    public static JsonObject object(JsonObject json, String key) {
        JsonObject value = json.getJsonObject(key);
        return value == null ? new JsonObject() : value;
    }

    /** The text under a key, or the empty string. */
    public static String text(JsonObject json, String key) {
        return json.getString(key, "");
    }

    /** The UUID under a key. @throws IllegalArgumentException if it is absent or no UUID */
    public static UUID uuid(JsonObject json, String key) {
        UUID value = optionalUuid(json, key);
        if (value == null) {
            throw new IllegalArgumentException("Cannot read '%s': it is missing. Expected a UUID.".formatted(key));
        }
        return value;
    }

    /** The UUID under a key, in its usual form or as 32 hex digits, or null if absent. */
    public static @Nullable UUID optionalUuid(JsonObject json, String key) {
        String value = json.getString(key);
        return value == null ? null : parseUuid(key, value);
    }

    /** A UUID as 32 lower-case hex digits, as scripts and labels carry it. */
    public static String hex(UUID uuid) {
        return uuid.toString().replace("-", "");
    }

    /** A UUID from its usual form or from 32 hex digits. @throws IllegalArgumentException naming the member */
    public static UUID parseUuid(String key, String value) {
        String dashed =
                value.length() == 32 ? value.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5") : value;
        try {
            UUID uuid = UUID.fromString(dashed);
            if (uuid.toString().equals(dashed.toLowerCase(Locale.ROOT))) {
                return uuid;
            }
        } catch (IllegalArgumentException notAUuid) {
            // Told below, with the member's name.
        }
        throw new IllegalArgumentException("Cannot read '%s': '%s' is not a UUID.".formatted(key, value));
    }
}
