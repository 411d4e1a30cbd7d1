package io.factotum.host.storage;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.UUID;

/** The nouns as the HTTP API and the event bus show them. */
public final class PgViews {

    private final SqlClient client;

    /** Of that database. */
    public PgViews(Database database) {
        this.client = database.client();
    }

    /** An offering without its settings, which only its plugin can show. */
    public Future<Optional<JsonObject>> offering(UUID id) {
        return Views.OFFERING.find(client, id);
    }

    /** A resource, without its report. */
    public Future<Optional<JsonObject>> resource(UUID id) {
        return Views.RESOURCE.find(client, id);
    }

    /** An order, with the id of its latest run. */
    public Future<Optional<JsonObject>> order(UUID id) {
        return Views.ORDER.find(client, id);
    }

    /** A run, with its result, without its event and output. */
    public Future<Optional<JsonObject>> run(UUID id) {
        return Views.RUN.find(client, id);
    }

    /** Filters: type, name. All pages have the newest first, as {@code {items, next}}. */
    public Future<JsonObject> offerings(PageRequest request) {
        return Views.OFFERING.page(client, request);
    }

    /** Filters: state, offering, customer, project, name. */
    public Future<JsonObject> resources(PageRequest request) {
        return Views.RESOURCE.page(client, request);
    }

    /** Filters: state, type, resource. */
    public Future<JsonObject> orders(PageRequest request) {
        return Views.ORDER.page(client, request);
    }

    /** Filters: state, event_type, resource, order. */
    public Future<JsonObject> runs(PageRequest request) {
        return Views.RUN.page(client, request);
    }

    /** Filters: month, component, resource. */
    public Future<JsonObject> usages(PageRequest request) {
        return Views.USAGE.page(client, request);
    }

    /** {@code {report, reported_at}} of a resource; the report is empty as long as there was none. */
    public Future<Optional<JsonObject>> report(UUID resourceId) {
        return one("SELECT coalesce(report, '[]') AS report, reported_at FROM resources WHERE id = $1", resourceId)
                .map(row -> row.map(
                        r -> new RowJson(r).columns("report", "reported_at").json()));
    }

    private Future<Optional<Row>> one(String sql, UUID id) {
        return client.preparedQuery(sql).execute(Tuple.of(id)).map(rows -> rows.stream()
                .findFirst());
    }
}
