package io.factotum.testkit;

import io.factotum.host.storage.Database;
import io.factotum.host.storage.EmbeddedPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Function;

/** The host's own PostgreSQL, once for all tests of a JVM; it ends with that. */
final class SharedPostgres {

    private static final SharedPostgres ONE = new SharedPostgres();

    private final Vertx vertx = Vertx.vertx();
    private final Path directory = Directories.temporary("factotum-testkit-postgres");
    private final EmbeddedPostgres server = new EmbeddedPostgres(vertx, directory);
    private final PgConnectOptions options;
    private final String template;

    private SharedPostgres() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "testkit-postgres-shutdown"));
        options = Waiting.until("PostgreSQL to start", server.start());
        template = create("");
        migrate();
    }

    /** The URL of a database that is new, and has the host's schema. */
    static String newDatabase() {
        return ONE.url(ONE.create(" TEMPLATE " + ONE.template));
    }

    /** No one is connected to it any more. */
    static void drop(String url) {
        ONE.sql("DROP DATABASE " + url.substring(url.lastIndexOf('/') + 1) + " WITH (FORCE)");
    }

    private String create(String from) {
        String name = "testkit_" + UUID.randomUUID().toString().replace("-", "");
        sql("CREATE DATABASE " + name + from);
        return name;
    }

    private void migrate() {
        use(template, Database::migrate);
    }

    private void sql(String statement) {
        use(
                options.getDatabase(),
                database -> database.client().query(statement).execute().mapEmpty());
    }

    private void use(String name, Function<Database, Future<Void>> work) {
        Database database = new Database(vertx, new PgConnectOptions(options).setDatabase(name), 1);
        Waiting.until("PostgreSQL", work.apply(database).eventually(database::close));
    }

    private String url(String name) {
        return "postgresql://%s:%s@%s:%d/%s"
                .formatted(options.getUser(), options.getPassword(), options.getHost(), options.getPort(), name);
    }

    private void close() {
        Waiting.until("PostgreSQL to stop", server.close());
        try {
            Directories.delete(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
