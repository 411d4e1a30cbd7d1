package io.factotum.api.store;

import io.factotum.api.annotation.ImplementedByHost;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * A schema of PostgreSQL of the plugin's own, named {@code plugin_<id>} with {@code _} for {@code -}: names without a
 * schema are sought there alone. It is kept when the plugin is unloaded or removed.
 *
 * <p>What lies in the jar as {@code META-INF/db/migration/V1__words.sql} and so on (Flyway's naming) has been run, once and
 * in order, when {@code start} is called. A version that is rolled back finds the schema of the newer one: add first, and
 * take away in a later version.
 *
 * <p>It keeps plugins out of each other's way; it is no protection from one that means harm.
 */
@ImplementedByHost
public interface SqlStore extends SqlSession {

    /**
     * Runs work in one transaction, which is committed if the work's future succeeds and rolled back if it fails or the
     * plugin is stopped meanwhile.
     *
     * @param work is called on the plugin's context, and once more where PostgreSQL has undone it since it met another
     *     transaction; its session is valid until its future has ended
     */
    <T> Future<T> transaction(Function<SqlSession, Future<T>> work);
}
