package io.factotum.host.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteDatabaseExampleTest {

    private static final String THREE_MEGABYTES = "CREATE TABLE fill (data BLOB); WITH RECURSIVE n(i) AS"
            + " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) INSERT INTO fill SELECT randomblob(100000) FROM n;";

    private Path directory;
    private ExampleResource database;

    @BeforeEach
    void orderOne(@TempDir Path emptyDirectory) throws IOException {
        directory = emptyDirectory;
        database = new ExampleResource("sqlite-database", directory);
    }

    @Test
    void createMakesAFileThatPullMeasuresAndTerminateRemoves() throws Exception {
        ScriptRun created = database.create();

        assertThat(created.stderr()).isEmpty();
        assertThat(created.backendId()).isEqualTo(database.uuid + ".sqlite");
        assertThat(database.path()).hasParent(directory.resolve("store/databases"));
        assertThat(Files.readAllBytes(database.path())).startsWith("SQLite format 3".getBytes("US-ASCII"));
        assertThat(created.told().getJsonArray("endpoints").getJsonObject(0))
                .isEqualTo(new JsonObject().put("name", "Database file").put("url", "file://" + database.path()));

        ScriptRun pulled = database.pull();
        assertThat(pulled.used("rows")).isEqualByComparingTo("1");
        assertThat(pulled.used("storage")).isPositive().isLessThan(new BigDecimal("0.1"));
        assertThat(pulled.reported("Rows")).isEqualTo("note: 1");
        assertThat(pulled.reported("Size")).contains("of 16 MB");

        assertThat(database.terminate().exitCode()).isZero();
        assertThat(database.path().getParent()).isEmptyDirectory();
    }

    @Test
    void orderedTablesAreMadeAndCounted() throws Exception {
        database.attributes.put(
                "sql", "CREATE TABLE \"odd \"\" name\" (a); INSERT INTO \"odd \"\" name\" VALUES (1), (2);");

        assertThat(database.create().exitCode()).isZero();

        assertThat(database.pull().reported("Rows")).isEqualTo("odd \" name: 2");
    }

    @Test
    void creationThatOutgrowsItsQuotaFailsAndLeavesNothing() throws Exception {
        database.limits.put("storage", 1);
        database.attributes.put("sql", THREE_MEGABYTES);

        ScriptRun created = database.create();

        assertThat(created.exitCode()).isNotZero();
        assertThat(created.stderr()).contains("database or disk is full");
        assertThat(directory.resolve("store/databases")).isEmptyDirectory();
    }

    @Test
    void quotaCannotShrinkUnderWhatIsInUse() throws Exception {
        database.limits.put("storage", 8);
        database.attributes.put("sql", THREE_MEGABYTES);
        assertThat(database.create().exitCode()).isZero();
        assertThat(database.pull().used("storage")).isBetween(new BigDecimal("2.8"), new BigDecimal("3.1"));

        database.limits.put("storage", 2);
        ScriptRun refused = database.update();

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.stderr())
                .contains("Cannot shrink the database to 2 MB")
                .contains("MB are in use");
        assertThat(database.pull().reported("Size")).contains("of 8 MB");

        database.limits.put("storage", 4);
        assertThat(database.update().exitCode()).isZero();
        assertThat(database.pull().reported("Size")).contains("of 4 MB");
    }

    @Test
    void roomOfDeletedRowsIsGivenBackBeforeAShrinkIsRefused() throws Exception {
        database.limits.put("storage", 8);
        database.attributes.put("sql", THREE_MEGABYTES + "DELETE FROM fill;");
        assertThat(database.create().exitCode()).isZero();

        database.limits.put("storage", 1);

        assertThat(database.update().exitCode()).isZero();
        assertThat(Files.size(database.path())).isLessThan(1024 * 1024);
    }

    @Test
    void planDecidesWhereTheOrderNamesNoLimit() throws Exception {
        assertThat(database.create().exitCode()).isZero();

        database.plan = "large";
        assertThat(database.update().exitCode()).isZero();

        assertThat(database.pull().reported("Size")).contains("of 256 MB");
    }

    @Test
    void customersSqlReachesNeitherOtherFilesNorItsQuota() throws Exception {
        Path other = directory.resolve("other.sqlite");
        String[] attempts = {
            "ATTACH '" + other + "' AS other",
            "CREATE TABLE a (b); VACUUM INTO '" + other + "'",
            "UPDATE factotum_quota SET megabytes = 1000",
            "DROP TABLE factotum_quota",
            "PRAGMA max_page_count = 1000000"
        };
        for (String attempt : attempts) {
            database.attributes.put("sql", attempt);
            assertThat(database.create().exitCode()).as(attempt).isNotZero();
        }

        assertThat(other).doesNotExist();
        assertThat(directory.resolve("store/databases")).isEmptyDirectory();
    }

    @Test
    void createRunAgainKeepsTheDatabaseAndTellsTheSame() throws Exception {
        String first = database.create().lastLine();
        byte[] before = Files.readAllBytes(database.path());

        assertThat(database.create().lastLine()).isEqualTo(first);
        assertThat(Files.readAllBytes(database.path())).isEqualTo(before);
    }

    @Test
    void terminateOfWhatWasNeverMadeIsFine() throws Exception {
        ScriptRun terminated = database.terminate();

        assertThat(terminated.exitCode()).isZero();
        assertThat(terminated.stdout()).contains("Nothing to remove");
    }

    @Test
    void updateAndPullOfAMissingDatabaseFailAndSayWhatToLookAt() throws Exception {
        database.limits.put("storage", 1);

        assertThat(database.update().exitCode()).isNotZero();
        assertThat(database.pull().exitCode()).isNotZero();
        assertThat(database.pull().stderr()).contains("no such file").contains("docker.volumes");
    }

    @Test
    void homeIsTakenWhereTheStoreIsNoDirectory() throws Exception {
        database.with("STORE", directory.resolve("absent").toString());

        assertThat(database.create().exitCode()).isZero();

        assertThat(database.path())
                .startsWith(directory.resolve("home/.factotum-examples"))
                .exists();
        assertThat(directory.resolve("absent")).doesNotExist();
    }
}
