package io.factotum.host.storage;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.data.Numeric;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts the columns of one row into a JSON object, leaving out what is null. */
final class RowJson {

    private final Row row;
    private final JsonObject json = new JsonObject();

    RowJson(Row row) {
        this.row = row;
    }

    /** Every column under its own name. */
    static JsonObject of(Row row) {
        RowJson whole = new RowJson(row);
        for (int i = 0; i < row.size(); i++) {
            whole.value(row.getColumnName(i), row.getValue(i));
        }
        return whole.json;
    }

    /** Columns that appear under their own names. */
    RowJson columns(String... names) {
        for (String name : names) {
            value(name, row.getValue(name));
        }
        return this;
    }

    RowJson value(String name, @Nullable Object value) {
        Object plain = plain(value);
        if (plain != null) {
            json.put(name, plain);
        }
        return this;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof UUID || value instanceof Temporal && !(value instanceof OffsetDateTime)) {
            return value.toString();
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant().toString();
        }
        if (value instanceof Numeric number) {
            return number.isNaN() ? "NaN" : number.bigDecimalValue();
        }
        if (value instanceof Object[] items) {
            JsonArray array = new JsonArray();
            Arrays.stream(items).map(RowJson::plain).forEach(array::add);
            return array;
        }
        return value;
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
