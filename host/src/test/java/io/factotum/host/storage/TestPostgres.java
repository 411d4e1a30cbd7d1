package io.factotum.host.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One real PostgreSQL for all tests of a JVM, with a fresh database for whoever asks. */
public final class TestPostgres {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Path DIRECTORY = newDirectory();
    private static final EmbeddedPostgres SERVER = new EmbeddedPostgres(VERTX, DIRECTORY);
    private static final PgConnectOptions OPTIONS = start();

    private TestPostgres() {}

    /** A new, empty, migrated database, used through that Vert.x. */
    public static Database newDatabase(Vertx vertx) {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        Database admin = new Database(VERTX, OPTIONS, 1);
        join(admin.client().query("CREATE DATABASE " + name).execute().eventually(admin::close));
        Database database = new Database(vertx, new PgConnectOptions(OPTIONS).setDatabase(name), 8);
        join(database.migrate());
        return database;
    }

    /** Another pool on the same database, as of another host. */
    public static Database again(Vertx vertx, Database database) {
        return new Database(vertx, database.options(), 8);
    }

    /** Ends it as a crash would; it is started again within seconds. */
    public static void kill() throws IOException {
        ProcessHandle.of(SERVER.processId()).orElseThrow().destroyForcibly();
    }

    /** Waits for what a test needs before it can go on. */
    public static <T> T join(Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException late) {
            throw new AssertionError("not done within a minute", late);
        }
    }

    private static PgConnectOptions start() {
        PgConnectOptions options = join(SERVER.start());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            join(SERVER.close());
            deleteDirectory();
        }));
        return options;
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("factotum-test-postgres");
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void deleteDirectory() {
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
