package io.factotum.host.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExamplesReadmeTest {

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
}
