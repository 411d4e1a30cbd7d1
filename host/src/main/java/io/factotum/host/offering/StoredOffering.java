package io.factotum.host.offering;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.UUID;

/**
 * An offering as it is stored, as far as changing it needs to know.
 *
 * @param settings sealed
 */
record StoredOffering(UUID id, String type, int revision, JsonArray plans, JsonObject settings) {

    static StoredOffering of(Row row) {
        return new StoredOffering(
                row.getUUID("id"),
                row.getString("type"),
                row.getInteger("revision"),
                row.getJsonArray("plans"),
                row.getJsonObject("settings"));
    }
}
