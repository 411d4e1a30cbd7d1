package io.factotum.host.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExamplesReadmeTest {

    private static final Pattern BODY = Pattern.compile("(?s) -d '(.*?)'");
    private static final Set<String> MEMBERS = Set.of("offering", "name", "plan", "limits", "attributes");

    @Test
    void bodiesThatTheWalkThroughSendsFitTheOffering() throws Exception {
        List<JsonObject> bodies = BODY.matcher(new Readme().commands("Order one"))
                .results()
                .map(body -> new JsonObject(body.group(1)))
                .toList();
        JsonObject offering = Repository.offering(bodies.get(0).getString("offering"));

        assertThat(bodies).hasSize(4).allSatisfy(body -> {
            assertThat(MEMBERS).containsAll(body.fieldNames());
            assertThat(values(offering, "plans", "name")).contains(body.getString("plan", "small"));
            assertThat(values(offering, "components", "type"))
                    .containsAll(body.getJsonObject("limits", new JsonObject()).fieldNames());
        });
    }

    @Test
    void scriptRunByHandDoesWhatTheWalkThroughSays(@TempDir Path home) throws Exception {
        Path output = home.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("sh", "-eu", "-c", new Readme().commands("A script by hand"))
                .directory(Repository.ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", System.getenv("PATH"), "HOME", home.toString()));
        Process process = builder.start();

        assertThat(process.waitFor()).as(Files.readString(output, UTF_8)).isZero();

        assertThat(Files.readAllLines(output, UTF_8))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("Made " + home),
                        line -> assertThat(line).matches("1{32} \\S+"),
                        line -> assertThat(line).contains("\"usages\"").contains("\"files\", \"amount\": 1"),
                        line -> assertThat(line).contains("\"report\"").contains("within its quota"),
                        line -> assertThat(line).contains("Cannot shrink the folder to 1 MB"),
                        line -> assertThat(line).isEqualTo("refused with exit code 1"),
                        line -> assertThat(line).startsWith("Removed " + home));
        assertThat(home.resolve(".factotum-examples/folders")).isEmptyDirectory();
    }

    private static List<String> values(JsonObject offering, String list, String key) {
        return offering.getJsonArray(list).stream()
                .map(item -> ((JsonObject) item).getString(key))
                .toList();
    }
}
