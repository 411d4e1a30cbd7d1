package io.factotum.host.storage;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One column of the order that a list is read in, always downwards. A cursor holds the values of its last item. */
record SortKey(String column, Type type) {

    /** How its values look as text. */
    enum Type {
        BIGINT,
        DATE,
        UUID,
        TEXT
    }

    /** The values in the form of a cursor. */
    static String cursor(List<String> values) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(new JsonArray(values).encode().getBytes(StandardCharsets.UTF_8));
    }

    /** The values of a cursor, one for each key. @throws InvalidCursorException if it is none of such a list */
    static List<String> values(List<SortKey> keys, String cursor) {
        try {
            JsonArray array = new JsonArray(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
            if (array.size() == keys.size()) {
                List<String> values = new ArrayList<>();
                for (int i = 0; i < keys.size(); i++) {
                    values.add(keys.get(i).checked((String) array.getValue(i)));
                }
                return values;
            }
        } catch (DecodeException | ClassCastException | IllegalArgumentException | DateTimeException foreign) {
            // Told below.
        }
        throw new InvalidCursorException(cursor);
    }

    private String checked(@Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException("null");
        }
        return switch (type) {
            case BIGINT -> Long.toString(Long.parseLong(value));
            case DATE -> LocalDate.parse(value).toString();
            case UUID -> java.util.UUID.fromString(value).toString();
            case TEXT -> value;
        };
    }
}
