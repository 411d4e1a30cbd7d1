package io.factotum.host.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.config.ConfigException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

    private final Path directory;
    private final Path file;

    ConfigFileTest(@TempDir Path directory) {
        this.directory = directory;
        this.file = directory.resolve("host.yaml");
    }

    private JsonObject read(String yaml, Map<String, String> environment) throws IOException {
        Files.writeString(file, yaml);
        return ConfigFile.read(file, environment::get);
    }

    @Test
    void anAbsentFileIsEmpty() {
        assertThat(ConfigFile.read(file)).isEqualTo(new JsonObject());
    }

    @Test
    void aFileOfCommentsOnlyIsEmpty() throws IOException {
        assertThat(read("# nothing\n", Map.of())).isEqualTo(new JsonObject());
        assertThat(read("", Map.of())).isEqualTo(new JsonObject());
    }

    @Test
    void yamlBecomesJson() throws IOException {
        JsonObject json = read("http:\n  port: 8080\n  open: true\nlist:\n- a\n- b: 2\nnone:\n", Map.of());

        assertThat(json)
                .isEqualTo(new JsonObject()
                        .put("http", new JsonObject().put("port", 8080).put("open", true))
                        .put("list", new JsonArray().add("a").add(new JsonObject().put("b", 2)))
                        .putNull("none"));
    }

    @Test
    void referencesAreResolvedWhereverTheyStandInAText() throws IOException {
        Files.writeString(directory.resolve("password"), "s3$cret\\1\n");
        String yaml = """
                url: postgres://${env:DB_USER}:${file:password}@db/${env:DB_NAME}
                nested: [{absolute: "${file:%s}"}]
                shell: ${HOME} $5
                """.formatted(directory.resolve("password"));

        JsonObject json = read(yaml, Map.of("DB_USER", "joe", "DB_NAME", "main"));

        assertThat(json.getString("url")).isEqualTo("postgres://joe:s3$cret\\1@db/main");
        assertThat(json.getJsonArray("nested").getJsonObject(0).getString("absolute"))
                .isEqualTo("s3$cret\\1");
        assertThat(json.getString("shell")).isEqualTo("${HOME} $5");
    }

    @Test
    void whatAReferenceLedToIsNotResolvedAgain() throws IOException {
        JsonObject json = read("a: ${env:A}", Map.of("A", "${env:B}", "B", "never"));

        assertThat(json.getString("a")).isEqualTo("${env:B}");
    }

    @Test
    void everyReferenceThatLeadsNowhereIsToldWithFileAndKey() {
        assertThatThrownBy(() -> read("db:\n  user: ${env:NO_SUCH}\nlist:\n- ${file:absent}\n", Map.of()))
                .isInstanceOf(ConfigException.class)
                .message()
                .satisfies(message -> assertThat(message.lines()).hasSize(2))
                .contains(file + ": cannot resolve db.user '${env:NO_SUCH}': the environment variable is not set")
                .contains(file + ": cannot resolve list[0] '${file:absent}'");
    }

    @Test
    void malformedYamlNamesFileAndLineAndQuotesNothing() {
        assertThatThrownBy(() -> read("fine: 1\ntoken: [s3cret\nmore: 2\n", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("line 3")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void aKeyThatStandsTwiceIsAFault() {
        assertThatThrownBy(() -> read("port: 1\nport: 2\n", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("port");
    }

    @Test
    void aSecondDocumentInTheFileIsAFault() {
        assertThatThrownBy(() -> read("a: 1\n---\nb: 2\n", Map.of())).isInstanceOf(ConfigException.class);
    }

    @Test
    void aFileWithoutKeysIsAFault() {
        assertThatThrownBy(() -> read("just words", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("it holds no keys");
    }
}
