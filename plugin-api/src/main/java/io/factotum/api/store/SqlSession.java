package io.factotum.api.store;

import io.factotum.api.annotation.ImplementedByHost;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Runs statements of PostgreSQL in the plugin's own schema. Futures complete on the caller's context. */
@ImplementedByHost
public interface SqlSession {

    /**
     * Runs one statement.
     *
     * @param sql with {@code $1}, {@code $2} and so on for the parameters
     * @param parameters null, or a {@code String}, {@code Boolean}, number, {@code UUID}, {@code Instant}, {@code Buffer},
     *     {@code JsonObject} or {@code JsonArray} as the statement takes it
     * @return fails with a {@link SqlException}
     */
    Future<SqlResult> execute(String sql, @Nullable Object... parameters);
}
