package io.factotum.host.plugin.lent;

import io.factotum.api.store.SqlResult;
import io.factotum.api.store.SqlSession;
import io.factotum.api.store.SqlStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A plugin's tables: the statements run on the host's context, the work of a transaction on the plugin's. */
final class OwnSql implements SqlStore {

    private final SqlStore tables;
    private final Context host;
    private final PluginCall call;

    OwnSql(SqlStore tables, Context host, PluginCall call) {
        this.tables = OnHost.lend(SqlStore.class, tables, host, call);
        this.host = host;
        this.call = call;
    }

    @Override
    public Future<SqlResult> execute(String sql, @Nullable Object... parameters) {
        return tables.execute(sql, parameters);
    }

    @Override
    public <T> Future<T> transaction(Function<SqlSession, Future<T>> work) {
        return tables.transaction(
                session -> call.<T>async(() -> work.apply(OnHost.lend(SqlSession.class, session, host, call))));
    }
}
