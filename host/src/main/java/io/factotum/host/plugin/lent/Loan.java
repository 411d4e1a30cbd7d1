package io.factotum.host.plugin.lent;

import io.factotum.api.metrics.Meters;
import io.factotum.api.store.SqlStore;
import io.factotum.host.storage.PluginSchema;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;

/** What one life of a plugin registers with the host, taken back as a whole. */
public final class Loan {

    private final RouteTable routes;
    private final HealthChecks health;
    private final TaggedMeters meters;
    private final OwnSql sql;
    private final PluginSchema schema;

    /**
     * Nothing yet.
     *
     * @param host the context on which the host works for it
     * @param schema its tables, not used yet
     */
    public Loan(String id, PluginCall call, Context host, MeterRegistry registry, PluginSchema schema) {
        this.routes = new RouteTable(id, call);
        this.health = new HealthChecks(call);
        this.meters = new TaggedMeters(registry, id);
        this.sql = new OwnSql(schema, host, call);
        this.schema = schema;
    }

    /** Its HTTP routes. */
    public RouteTable routes() {
        return routes;
    }

    /** Its health checks. */
    public HealthChecks health() {
        return health;
    }

    /** Its meters. */
    public Meters meters() {
        return meters;
    }

    /** Its tables, as the plugin uses them. */
    public SqlStore sql() {
        return sql;
    }

    /** The same, as the host brings them up to date. */
    public PluginSchema schema() {
        return schema;
    }

    /** Takes it all back; completes when the connections are closed. */
    public Future<Void> giveBack() {
        meters.close();
        return schema.close();
    }
}
