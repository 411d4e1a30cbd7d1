package io.factotum.host.storage;

import io.factotum.api.store.SqlException;
import io.factotum.api.store.SqlResult;
import io.factotum.api.store.SqlSession;
import io.factotum.api.store.SqlStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's own schema, {@code plugin_<id>}, made when it is first used; with connections of its own. Used on one
 * context, which the futures complete on.
 */
public final class PluginSchema implements SqlStore {

    private static final int CONNECTIONS = 4;

    private final Vertx vertx;
    private final Database database;
    private final String schema;
    private @Nullable Future<Database> opened;
    private boolean closed;

    /** Nothing is opened yet. */
    public PluginSchema(Vertx vertx, Database database, String pluginId) {
        this.vertx = vertx;
        this.database = database;
        this.schema = "plugin_" + pluginId.replace('-', '_');
    }

    /**
     * Runs those of the directory's migrations that have not been run; other hosts wait meanwhile.
     *
     * @param scripts files named as Flyway has it: {@code V1__words.sql}
     */
    public Future<Void> migrate(Path scripts) {
        return database.migrate("filesystem:" + scripts, schema);
    }

    @Override
    public Future<SqlResult> execute(String sql, @Nullable Object... parameters) {
        return open().compose(own -> execute(own.client(), sql, parameters));
    }

    @Override
    public <T> Future<T> transaction(Function<SqlSession, Future<T>> work) {
        return open().compose(own -> own.transaction(
                        connection -> work.apply((sql, parameters) -> execute(connection, sql, parameters))))
                .recover(PluginSchema::told);
    }

    /** Closes its connections. What is under way is rolled back. */
    public Future<Void> close() {
        closed = true;
        Future<Database> own = opened;
        return own == null
                ? Future.succeededFuture()
                : own.transform(made -> made.succeeded() ? made.result().close() : Future.succeededFuture());
    }

    private Future<Database> open() {
        if (closed) {
            return Future.failedFuture(new SqlException("", "The plugin is stopped."));
        }
        Future<Database> known = opened;
        if (known != null && !known.failed()) {
            return known;
        }
        Future<Database> made = database.transaction(connection -> connection
                        // Two hosts that make it at once would meet.
                        .preparedQuery("SELECT pg_advisory_xact_lock(hashtext($1))")
                        .execute(Tuple.of(schema))
                        // Otherwise it is told at each start that the schema is there.
                        .compose(locked -> connection
                                .query("SET LOCAL client_min_messages = warning")
                                .execute())
                        .compose(quiet -> connection
                                .query("CREATE SCHEMA IF NOT EXISTS " + schema)
                                .execute()))
                .map(there -> new Database(
                        vertx,
                        new PgConnectOptions(database.options()).addProperty("search_path", schema),
                        CONNECTIONS))
                .recover(PluginSchema::told);
        opened = made;
        return made;
    }

    private static Future<SqlResult> execute(SqlClient client, String sql, @Nullable Object... parameters) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Object parameter : parameters) {
            values.add(parameter instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : parameter);
        }
        return client.preparedQuery(sql)
                .execute(Tuple.wrap(values))
                .map(PluginSchema::result)
                .recover(PluginSchema::told);
    }

    private static SqlResult result(RowSet<Row> rows) {
        return new SqlResult(rows.rowCount(), rows.stream().map(RowJson::of).toList());
    }

    private static <T> Future<T> told(Throwable failure) {
        if (failure instanceof PgException refused) {
            return Future.failedFuture(
                    new SqlException(String.valueOf(refused.getSqlState()), String.valueOf(refused.getErrorMessage())));
        }
        return Future.failedFuture(
                PgErrors.isTransient(failure) ? new SqlException("", String.valueOf(failure.getMessage())) : failure);
    }
}
