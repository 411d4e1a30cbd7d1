package io.factotum.host.endtoend;

import static io.factotum.host.storage.TestPostgres.join;

import io.factotum.host.storage.Database;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Transaction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that arrives while the host is being started. */
class ArrivalDuringStartIT {

    private final Vertx vertx = Vertx.vertx();
    private final Database database = TestPostgres.newDatabase(vertx);

    @Test
    void offeringOfATypeThatIsServedWhileTheFilesAreBroughtInIsBroughtInToo(@TempDir Path home, @TempDir Path work)
            throws Exception {
        Path plugins = Files.createDirectories(home.resolve("plugins-dir"));
        Files.copy(Repository.CUSTOM_SCRIPTS, plugins.resolve("custom-scripts.jar"));
        Path offerings = Files.createDirectories(home.resolve("conf/offerings"));
        // In this order: when the second is brought in, the first has been looked at.
        Files.writeString(offerings.resolve("a.yaml"), "name: little\ntype: tiny\n");
        Files.writeString(
                offerings.resolve("b.yaml"),
                "name: scripted\ntype: custom-scripts\nsettings: {language: shell, create: echo id-1}\n");
        Installation installation = new Installation(home, Where.PROCESS)
                .with("plugins.directory", plugins.toString())
                .with("offerings.directory", offerings.toString())
                .with("database.url", url(database.options()));

        PgConnection connection = join(PgConnection.connect(vertx, database.options()));
        Transaction holding = join(connection.begin());
        join(connection.query("LOCK TABLE offerings IN ACCESS EXCLUSIVE MODE").execute());
        try (HostProcess host = new HostProcess(installation.make())) {
            CompletableFuture<Void> ready = host.launch();
            Await.until("the second offering to wait for the table", this::somebodyWaits);
            TinyPlugin.dropInto(plugins, work);
            Await.until("the plugin to serve", () -> host.output().contains("Offering type is served type=tiny"));
            join(holding.commit());

            ready.get(2, TimeUnit.MINUTES);
            Await.until("the first offering", () -> host.api().get("/offerings").getJsonArray("items").stream()
                    .anyMatch(offering -> "little".equals(((JsonObject) offering).getString("name"))));
        } finally {
            join(connection.close());
            join(database.close());
            join(vertx.close());
        }
    }

    private boolean somebodyWaits() {
        return join(database.client()
                                .query("SELECT 1 FROM pg_locks WHERE NOT granted AND database ="
                                        + " (SELECT oid FROM pg_database WHERE datname = current_database())")
                                .execute())
                        .size()
                > 0;
    }

    private static String url(PgConnectOptions options) {
        return "postgresql://%s:%s@%s:%d/%s"
                .formatted(
                        options.getUser(),
                        options.getPassword(),
                        options.getHost(),
                        options.getPort(),
                        options.getDatabase());
    }
}
