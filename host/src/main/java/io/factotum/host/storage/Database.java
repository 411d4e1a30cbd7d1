package io.factotum.host.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool of connections to PostgreSQL, its schema, and what to do when a connection is lost. */
public final class Database {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final PgConnectOptions options;
    private final String name;
    private final Pool pool;

    /** A database that is there already; call {@link #migrate()} before anything else. */
    public Database(Vertx vertx, PgConnectOptions options, int poolSize) {
        this.vertx = vertx;
        this.name = "factotum-" + UUID.randomUUID();
        this.options = new PgConnectOptions(options)
                .addProperty("application_name", name)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheSqlFilter(sql -> true);
        this.pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(poolSize).setConnectionTimeout(5))
                .connectingTo(this.options)
                .using(vertx)
                .build();
    }

    /** Brings the schema up to date. Fails if the database is of a newer version than this host. */
    public Future<Void> migrate() {
        return migrate("classpath:db/migration", null);
    }

    /**
     * Runs what is new of the scripts in that place.
     *
     * @param schema where they are run, made if it is not there; null for the one that connections have
     */
    Future<Void> migrate(String scripts, @Nullable String schema) {
        return vertx.executeBlocking(
                () -> {
                    Flyway.configure(Database.class.getClassLoader())
                            .dataSource(
                                    "jdbc:postgresql://%s:%d/%s"
                                            .formatted(options.getHost(), options.getPort(), options.getDatabase()),
                                    options.getUser(),
                                    options.getPassword())
                            .locations(scripts)
                            .schemas(schema == null ? new String[0] : new String[] {schema})
                            .connectRetries(20)
                            .connectRetriesInterval(1)
                            .load()
                            .migrate();
                    return null;
                },
                false);
    }

    /** To run single statements with. */
    public SqlClient client() {
        return pool;
    }

    /** What PostgreSQL knows these connections by; no two pools share it. */
    public String name() {
        return name;
    }

    /** How to connect, for a subscriber to notifications. */
    public PgConnectOptions options() {
        return new PgConnectOptions(options);
    }

    /**
     * One transaction; repeated only where PostgreSQL has undone it and asks for that. A connection lost on the way leaves
     * open whether it was committed.
     */
    public <T> Future<T> transaction(Function<SqlConnection, Future<T>> work) {
        return pool.withTransaction(work)
                .recover(failure -> PgErrors.wasUndone(failure) ? transaction(work) : Future.failedFuture(failure));
    }

    /**
     * Work that is safe to repeat: tried again, without limit, as long as connections are lost. Other failures are
     * passed on.
     */
    public <T> Future<T> retrying(String what, Supplier<Future<T>> work) {
        return retrying(what, work, FIRST_RETRY);
    }

    private <T> Future<T> retrying(String what, Supplier<Future<T>> work, Duration delay) {
        return work.get().recover(failure -> {
            if (!PgErrors.isTransient(failure)) {
                return Future.failedFuture(failure);
            }
            LOG.warn("Cannot {} now, trying again in {} ms: {}", what, delay.toMillis(), failure.getMessage());
            Duration next = delay.multipliedBy(2);
            return vertx.timer(delay.toMillis(), TimeUnit.MILLISECONDS)
                    .compose(fired -> retrying(what, work, next.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : next));
        });
    }

    /** The first call makes the installation's id; every later one, of any host, reads it. */
    public Future<UUID> installationId() {
        return retrying("read the installation's id", () -> pool.preparedQuery(
                        "INSERT INTO installation (id) VALUES ($1) ON CONFLICT (only_one) DO UPDATE SET only_one = true"
                                + " RETURNING id")
                .execute(Tuple.of(UUID.randomUUID()))
                .map(rows -> rows.iterator().next().getUUID("id")));
    }

    /** Whether it answers. */
    public Future<Void> ping() {
        return pool.query("SELECT 1").execute().mapEmpty();
    }

    /** Closes the pool. */
    public Future<Void> close() {
        return pool.close();
    }
}
