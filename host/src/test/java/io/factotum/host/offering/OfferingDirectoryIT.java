package io.factotum.host.offering;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.store.SecretBox;
import io.factotum.host.http.ApiContract;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PageRequest;
import io.factotum.host.storage.PgViews;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfferingDirectoryIT {

    private static final String FILE = """
            name: Database
            type: test-type
            components:
              - {type: rows, unit: rows, billing: usage}
            plans:
              - name: small
                amounts: {rows: 10}
            settings:
              create: |
                echo 1
              password: s3cret
            """;

    private final Vertx vertx = Vertx.vertx();
    private final TestTypes types = new TestTypes();
    private final Database database = TestPostgres.newDatabase(vertx);
    private final PgViews views = new PgViews(database);
    private final OfferingService offerings = new OfferingService(database, views, types);
    private Path conf = Path.of("unset");

    @BeforeEach
    void directory(@TempDir Path directory) {
        conf = directory;
    }

    @AfterEach
    void close() {
        join(database.close());
        join(vertx.close());
    }

    @Test
    void fileBecomesAnOfferingOnceAndReplacesItWhenItChanges() throws IOException {
        write("database.yaml", FILE);
        join(directory().sync());
        JsonObject made = only();
        assertThat(made.getString("name")).isEqualTo("Database");
        assertThat(made.getJsonObject("settings")).isEqualTo(new JsonObject().put("create", "echo 1\n"));

        join(directory().sync());
        assertThat(only()).isEqualTo(made);

        write("database.yaml", FILE.replace("echo 1", "echo 2"));
        join(directory().sync());
        JsonObject replaced = only();
        assertThat(replaced.getString("uuid")).isEqualTo(made.getString("uuid"));
        assertThat(replaced.getInteger("revision")).isEqualTo(2);
        assertThat(replaced.getJsonArray("plans")).isEqualTo(made.getJsonArray("plans"));
        assertThat(replaced.getJsonObject("settings").getString("create")).isEqualTo("echo 2\n");
    }

    @Test
    void whatIsChangedOverHttpStaysUntilTheFileChanges() throws IOException {
        write("database.yaml", FILE);
        join(directory().sync());
        JsonObject body = new JsonObject()
                .put("name", "Database")
                .put("type", "test-type")
                .put("description", "By hand");
        join(offerings.replace(java.util.UUID.fromString(only().getString("uuid")), body));

        join(directory().sync());
        assertThat(only().getString("description")).isEqualTo("By hand");

        write("database.yaml", FILE + "description: By file\n");
        join(directory().sync());
        assertThat(only().getString("description")).isEqualTo("By file");
    }

    @Test
    void filesThatCannotBeUsedDoNotHinderTheOthers() throws IOException {
        write("a-malformed.yaml", "name: [");
        write("b-empty.yaml", "");
        write("c-list.yaml", "- 1");
        write("d-twice.yaml", FILE.replace("Database", "Twice") + "name: Twice again\n");
        write("e-schema.yaml", "name: Schema\ntype: test-type\ncolour: red\n");
        write("f-settings.yaml", "name: Settings\ntype: test-type\nsettings: {explode: now}\n");
        write("g-ignored.txt", FILE.replace("Database", "Ignored"));
        write("h-database.yml", FILE);

        join(directory().sync());

        assertThat(only().getString("name")).isEqualTo("Database");
    }

    @Test
    void fileWaitsForThePluginOfItsType() throws IOException {
        write("database.yaml", FILE);
        OfferingDirectory directory = directory();
        types.loaded = false;
        join(directory.sync());
        assertThat(all()).isEmpty();

        types.loaded = true;
        join(directory.sync());
        assertThat(only().getString("name")).isEqualTo("Database");
    }

    @Test
    void hostsThatStartTogetherMakeOneOffering() throws IOException {
        write("database.yaml", FILE);
        join(Future.all(directory().sync(), directory().sync(), directory().sync()));
        assertThat(only().getString("name")).isEqualTo("Database");
    }

    @Test
    void directoryThatIsNotThereHoldsNoFiles() {
        conf = conf.resolve("missing");
        join(directory().sync());
        assertThat(all()).isEmpty();
    }

    private OfferingDirectory directory() {
        ApiContract contract = join(ApiContract.load(vertx));
        return new OfferingDirectory(
                vertx,
                conf,
                database,
                offerings,
                types,
                new Reversing(),
                body -> contract.bodyFaults("createOffering", body));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(conf.resolve(name), text);
    }

    private JsonObject only() {
        List<JsonObject> all = all();
        assertThat(all).hasSize(1);
        return join(offerings.get(java.util.UUID.fromString(all.get(0).getString("uuid"))));
    }

    private List<JsonObject> all() {
        return join(offerings.list(new PageRequest(Map.of(), 50, null))).getJsonArray("items").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    /** Seals by writing backwards. */
    private static final class Reversing implements SecretBox {

        @Override
        public String seal(String secret) {
            return new StringBuilder(secret).reverse().toString();
        }

        @Override
        public String open(String sealed) {
            return seal(sealed);
        }
    }
}
