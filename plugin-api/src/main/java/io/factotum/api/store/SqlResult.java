package io.factotum.api.store;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What a statement did.
 *
 * @param count how many rows it read or changed
 * @param rows those that it returned, by column; {@code numeric} as {@code BigDecimal}, times and {@code uuid} as text
 */
public record SqlResult(int count, List<JsonObject> rows) {

    /** Copies the list. */
    public SqlResult {
        rows = List.copyOf(rows);
    }
}
