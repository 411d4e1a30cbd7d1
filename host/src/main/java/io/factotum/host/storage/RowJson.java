package io.factotum.host.storage;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts the columns of one row into a JSON object, leaving out what is null. */
final class RowJson {

    private final Row row;
    private final JsonObject json = new JsonObject();

    RowJson(Row row) {
        this.row = row;
    }

    /** Columns that appear under their own names. */
    RowJson columns(String... names) {
        for (String name : names) {
            value(name, row.getValue(name));
        }
        return this;
    }

    RowJson value(String name, @Nullable Object value) {
        if (value instanceof UUID uuid) {
            json.put(name, uuid.toString());
        } else if (value instanceof OffsetDateTime time) {
            json.put(name, time.toInstant().toString());
        } else if (value instanceof String[] words) {
            json.put(name, JsonArray.of((Object[]) words));
        } else if (value != null) {
            json.put(name, value);
        }
        return this;
    }

    /** A number of milliseconds as an ISO 8601 duration. */
    RowJson duration(String name, String column) {
        return value(name, Duration.ofMillis(row.getLong(column)).toString());
    }

    /** An object of what is there; nothing if nothing is. */
    RowJson object(String name, String firstKey, String firstColumn, String secondKey, String secondColumn) {
        JsonObject object = new RowJson(row)
                .value(firstKey, row.getValue(firstColumn))
                .value(secondKey, row.getValue(secondColumn))
                .json();
        return object.isEmpty() ? this : value(name, object);
    }

    JsonObject json() {
        return json;
    }
}
