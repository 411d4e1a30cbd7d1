package io.factotum.host.storage;

import io.factotum.api.resource.Label;
import io.factotum.api.resource.Resource;
import io.factotum.api.store.ResourceStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The resources of one plugin's type in PostgreSQL. */
public final class PgResourceStore implements ResourceStore {

    private final Database database;
    private final String plugin;

    /** For the plugin with that id. */
    public PgResourceStore(Database database, String plugin) {
        this.database = database;
        this.plugin = plugin;
    }

    @Override
    public Future<Optional<Resource>> find(UUID resourceId) {
        return database.client()
                .preparedQuery("SELECT r.*, r.id AS resource_id, r.name AS resource_name, r.state AS resource_state"
                        + " FROM resources r JOIN offerings o ON o.id = r.offering_id"
                        + " WHERE r.id = $1 AND o.type = $2")
                .execute(Tuple.of(resourceId, plugin))
                .map(rows -> rows.stream().findFirst().map(PgResourceStore::resource));
    }

    /** The resource in a row whose columns {@code resource_id}, {@code resource_name} and {@code resource_state} are its. */
    public static Resource resource(Row row) {
        return new Resource(
                row.getUUID("resource_id"),
                row.getString("resource_name"),
                row.getString("resource_state").toLowerCase(Locale.ROOT),
                row.getString("backend_id"),
                row.getJsonObject("backend_metadata"),
                row.getJsonObject("attributes"),
                new Label(row.getUUID("customer_uuid"), row.getString("customer_name")),
                new Label(row.getUUID("project_uuid"), row.getString("project_name")));
    }
}
