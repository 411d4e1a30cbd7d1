package io.factotum.host.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One PostgreSQL for all tests of a JVM, and in it an empty, migrated database for each that asks. */
public final class TestDatabase {

    private static @Nullable PgConnectOptions server;

    private TestDatabase() {}

    /** A database of the caller's own. */
    public static Database fresh(Vertx vertx) {
        PgConnectOptions options = server();
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        Pool pool = PgBuilder.pool().connectingTo(options).using(vertx).build();
        await(pool.query("CREATE DATABASE " + name).execute());
        await(pool.close());
        Database database = new Database(vertx, new PgConnectOptions(options).setDatabase(name), 4);
        await(database.migrate());
        return database;
    }

    /** The result of a future, for a test's own thread. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException | TimeoutException gaveUp) {
            throw new AssertionError(gaveUp);
        }
    }

    private static synchronized PgConnectOptions server() {
        if (server == null) {
            try {
                Vertx vertx = Vertx.vertx();
                EmbeddedPostgres postgres = new EmbeddedPostgres(vertx, Files.createTempDirectory("factotum-test-pg"));
                server = await(postgres.start());
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    await(postgres.close());
                    await(vertx.close());
                }));
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
        return server;
    }
}
