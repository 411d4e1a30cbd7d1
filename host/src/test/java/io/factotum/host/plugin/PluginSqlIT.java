package io.factotum.host.plugin;

import static io.factotum.host.plugin.PluginHost.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.storage.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin's own tables, in a real PostgreSQL. */
class PluginSqlIT {

    private static final String FIRST =
            "CREATE TABLE greeting (id uuid PRIMARY KEY, text text NOT NULL, at timestamptz,"
                    + " amount numeric(20, 2), tags text[])";

    private final PluginHost host;

    PluginSqlIT(@TempDir Path root) {
        this.host = new PluginHost(root, java.time.Duration.ofSeconds(10), TestPostgres::newDatabase);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private JarBuilder plugin(String version, String startBody) {
        return JarBuilder.plugin("my-greeter", "%s".formatted(startBody), """
                        Future<Void> insert(io.factotum.api.store.SqlSession session, String text) {
                            return session.execute("INSERT INTO greeting VALUES ($1, $2, $3, $4, $5)", UUID.randomUUID(), text,
                                java.time.Instant.parse("2026-01-02T03:04:05Z"), new java.math.BigDecimal("12.50"), new String[] {"a"})
                                .mapEmpty();
                        }
                        Future<List<JsonObject>> all() {
                            return lent.sql().execute("SELECT text, at, amount, tags, id::text IS NULL AS without FROM greeting ORDER BY text")
                                .map(io.factotum.api.store.SqlResult::rows);
                        }
                        Future<Void> tellAll(String key) {
                            return all().compose(rows -> tell(key, new JsonArray(rows).encode()));
                        }
                        """)
                .descriptor(json -> json.put("version", version))
                .entry("META-INF/db/migration/V1__greetings.sql", FIRST);
    }

    private String told(String key) {
        JsonObject document = await(host.documents("my-greeter").get(key)).orElseThrow();
        return String.valueOf(document.getValue("value"));
    }

    @Test
    void tablesAreMadeBeforeStartAndRowsComeAsPlainValues() throws Exception {
        host.with("g.jar", plugin("1.0.0", "return insert(context.sql(), \"hello\").compose(v -> tellAll(\"all\"));"))
                .started();
        host.reached("g.jar", "ACTIVE");

        assertThat(told("all"))
                .isEqualTo("[{\"text\":\"hello\",\"at\":\"2026-01-02T03:04:05Z\",\"amount\":12.50,\"tags\":[\"a\"],"
                        + "\"without\":false}]");
        // Its tables are where no other's are.
        assertThat(await(host.database
                                .client()
                                .query("SELECT schemaname FROM pg_tables WHERE tablename = 'greeting'")
                                .execute())
                        .iterator()
                        .next()
                        .getString(0))
                .isEqualTo("plugin_my_greeter");
    }

    @Test
    void aNewVersionsMigrationsAreRunAndTheOldOneCanComeBack() throws Exception {
        host.with("g.jar", plugin("1.0.0", "return insert(context.sql(), context.version());"))
                .started();
        host.reached("g.jar", "ACTIVE");

        host.drop(
                "g.jar",
                plugin("2.0.0", "return insert(context.sql(), context.version()).compose(v -> tellAll(\"all\"));")
                        .entry("META-INF/db/migration/V2__voice.sql", "ALTER TABLE greeting ADD COLUMN voice text"));
        host.reached("g.jar", "2.0.0", "ACTIVE");
        assertThat(told("all")).contains("\"text\":\"1.0.0\"", "\"text\":\"2.0.0\"");

        assertThat(await(host.reconciler.management().rollBack("my-greeter")).getString("version"))
                .isEqualTo("1.0.0");
    }

    @Test
    void aMigrationThatFailsLeavesTheOldVersionRunning() throws Exception {
        host.with("g.jar", plugin("1.0.0", "return insert(context.sql(), context.version());"))
                .started();
        host.reached("g.jar", "ACTIVE");

        host.drop(
                "g.jar",
                plugin("2.0.0", "return null;")
                        .entry("META-INF/db/migration/V2__voice.sql", "ALTER TABLE nothing ADD x int"));
        JsonObject entry = host.reached("g.jar", json -> json.containsKey("rolled_back_from"));

        assertThat(entry.getString("version")).isEqualTo("1.0.0");
        assertThat(entry.getString("reason"))
                .contains(
                        "Cannot migrate the tables of plugin 'my-greeter'",
                        "V2__voice.sql",
                        "\"nothing\" does not exist");
        host.reached("g.jar", "1.0.0", "ACTIVE");
    }

    @Test
    void aTransactionIsRolledBackWhereItFailsAndRunsOnThePluginsContext() throws Exception {
        host.with("g.jar", plugin("1.0.0", """
                        Context here = Vertx.currentContext();
                        return context.sql().transaction(s -> insert(s, "kept")
                                .map(v -> Vertx.currentContext() == here))
                            .compose(onOwn -> tell("on own", onOwn))
                            .compose(v -> context.sql().transaction(s -> insert(s, "lost")
                                .compose(w -> Future.<Void>failedFuture(new IllegalStateException("undone")))))
                            .transform(r -> tell("failure", r.cause().getMessage()))
                            .compose(v -> context.sql().execute("SELECT * FROM nowhere"))
                            .transform(r -> tell("state", ((io.factotum.api.store.SqlException) r.cause()).state()))
                            .compose(v -> tellAll("all"));
                        """)).started();
        host.reached("g.jar", "ACTIVE");

        assertThat(told("on own")).isEqualTo("true");
        assertThat(told("failure")).isEqualTo("undone");
        assertThat(told("state")).isEqualTo("42P01");
        assertThat(told("all")).contains("kept").doesNotContain("lost");
    }

    @Test
    void aTransactionUnderWayIsRolledBackWhenThePluginIsStoppedAndNoConnectionStays() throws Exception {
        host.with("g.jar", plugin("1.0.0", """
                        context.sql().transaction(s -> insert(s, "half")
                            .compose(v -> tell("inside", true))
                            .compose(v -> Promise.<Void>promise().future()));
                        return Future.succeededFuture();
                        """)).started();
        host.reached("g.jar", "ACTIVE");
        long until = System.nanoTime() + 10_000_000_000L;
        while (await(host.documents("my-greeter").get("inside")).isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(until);
        }

        await(host.reconciler.management().remove("my-greeter"));

        var rows = await(host.database
                .client()
                .query("SELECT (SELECT count(*) FROM plugin_my_greeter.greeting) AS greetings, (SELECT count(*) FROM"
                        + " pg_stat_activity WHERE state LIKE 'idle in transaction%') AS open")
                .execute());
        assertThat(rows.iterator().next().getLong("greetings")).isZero();
        assertThat(rows.iterator().next().getLong("open")).isZero();
        until = System.nanoTime() + 20_000_000_000L;
        while (host.leaks("my-greeter").getInteger("collected") == 0) {
            assertThat(System.nanoTime()).as("the class loader is still there").isLessThan(until);
            System.gc();
            Thread.sleep(50);
        }
    }
}
