package io.factotum.archetype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guide's commands, word for word, where a stranger is: beside a host that runs, with this build installed. They
 * generate a project, build it with its tests, drop its jar, and order of it.
 */
class PluginGuideIT {

    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();

    @TempDir
    Path work;

    @Test
    void strangerHasAPluginThatServesOrders() throws Exception {
        Path factotum = Files.createDirectories(work.resolve("factotum"));
        Files.createDirectories(factotum.resolve("plugins-dir"));
        // What of the clone is used as it is.
        Path host = Files.createSymbolicLink(factotum.resolve("host"), REPOSITORY.resolve("host"));
        Path bin = Files.createSymbolicLink(factotum.resolve("bin"), REPOSITORY.resolve("bin"));
        try (LocalRepository repository = repository();
                RunningHost running = new RunningHost(factotum, REPOSITORY)) {
            configureMaven(repository);
            String output = run(Guide.commands(REPOSITORY), running.api());
            assertThat(output)
                    .as("what the guide's commands print")
                    .contains("Tests run: 4, Failures: 0, Errors: 0, Skipped: 0")
                    .contains("\"state\":\"ACTIVE\"")
                    .contains("\"state\":\"OK\"")
                    .contains("\"backend_id\":\"note-")
                    .contains("\"version\":\"1.1.0\"")
                    .contains("\"amount\":\"")
                    .contains("\"state\":\"TERMINATED\"")
                    .contains("{\"hello\":\"world\"}");
            assertThat(running.printed()).doesNotContain("REJECTED").doesNotContain("FAILED");
        } finally {
            Files.delete(host);
            Files.delete(bin);
        }
    }

    private LocalRepository repository() throws IOException {
        return LocalRepository.make(
                work.resolve("repository"),
                Path.of(System.getProperty("maven.repository")),
                REPOSITORY,
                System.getProperty("factotum.version"));
    }

    /** For every {@code mvn} in and below the directory. */
    private void configureMaven(LocalRepository repository) throws IOException {
        boolean offline = System.getProperty("maven.mode").equals("offline=true");
        Path settings = Files.createDirectories(work.resolve(".mvn")).resolve("maven.config");
        Files.write(settings, repository.arguments(offline));
    }

    private String run(String commands, String api) throws IOException, InterruptedException {
        Path output = work.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder("sh", "-eu", "-c", commands)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("FACTOTUM_API", api);
        Path maven = Path.of(System.getProperty("maven.executable")).getParent();
        builder.environment().put("PATH", maven + ":" + System.getenv("PATH"));
        Process shell = builder.start();
        boolean ended = shell.waitFor(8, TimeUnit.MINUTES);
        if (!ended) {
            shell.descendants().forEach(ProcessHandle::destroy);
            shell.destroy();
        }
        String printed = Files.readString(output);
        assertThat(ended && shell.exitValue() == 0)
                .as("the guide's commands end well:\n%s", printed)
                .isTrue();
        return printed;
    }
}
