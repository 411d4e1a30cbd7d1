package io.factotum.scripts.executor.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.scripts.executor.RunSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The engine that the tests use, and the script that may restart it. */
final class TestEngine {

    /** Why tests are left out where no engine is named; a condition on the class, so that they show as skipped. */
    static final String NONE = "No Docker engine: DOCKER_HOST is not set. Run bin/test-engine start and set what"
            + " bin/test-engine env says.";

    /** The same where the engine is not ours to restart. */
    static final String NOT_OURS =
            "The Docker engine may not be restarted: FACTOTUM_TEST_ENGINE does not name bin/test-engine.";

    /** How long a sandbox is used. */
    static final Duration SANDBOX_AGE = Duration.ofHours(1);

    private TestEngine() {}

    /**
     * What is asked of an engine where a test says nothing else.
     *
     * @param host its address, or null for the one that DOCKER_HOST names
     */
    static DockerSettings settings(@Nullable String host, String installId) {
        return settings(host, installId, WarmSettings.NONE);
    }

    /** The same, with containers that wait for runs. */
    static DockerSettings settings(@Nullable String host, String installId, WarmSettings warm) {
        return new DockerSettings(
                host,
                installId,
                true,
                Pulls.missingWithin(Duration.ofSeconds(20)),
                SANDBOX_AGE,
                List.of(),
                RunSpec.Limits.NOBODY,
                warm);
    }

    /** Runs one command of bin/test-engine and waits for its end. */
    static void command(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(script().toString()));
        line.addAll(List.of(arguments));
        // A file, not a pipe: the daemon that start begins would keep a pipe open.
        Path said = Files.createTempFile("test-engine", ".log");
        try {
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            boolean ended = process.waitFor(120, TimeUnit.SECONDS);
            assertThat(ended)
                    .as("%s ended; it said %s", line, Files.readString(said))
                    .isTrue();
            assertThat(process.exitValue())
                    .as("exit code of %s; it said %s", line, Files.readString(said))
                    .isZero();
        } finally {
            Files.delete(said);
        }
    }

    /** All that the docker command tells of a container. */
    static String inspect(String name) throws IOException {
        Process process = new ProcessBuilder("docker", "inspect", name)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Takes a container out of the data of an engine that does not run. */
    static void forget(String name) throws IOException {
        Path containers = Path.of(
                        Objects.requireNonNull(System.getenv("DOCKER_HOST")).substring("unix://".length()))
                .resolveSibling("data/containers");
        try (Stream<Path> directories = Files.list(containers)) {
            for (Path directory : directories.toList()) {
                Path description = directory.resolve("config.v2.json");
                if (Files.exists(description) && Files.readString(description).contains(name)) {
                    Files.delete(description);
                    endProcesses(directory.getFileName().toString());
                }
            }
        }
    }

    // No engine knows them any more, so none would ever end them.
    private static void endProcesses(String containerId) {
        ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(containerId))
                .flatMap(shim -> Stream.concat(shim.descendants(), Stream.of(shim)))
                .forEach(ProcessHandle::destroyForcibly);
    }

    // A relative path is meant from the repository's root; tests run in a module's directory.
    private static Path script() {
        Path named = Path.of(System.getenv("FACTOTUM_TEST_ENGINE"));
        Path here = Path.of("").toAbsolutePath();
        Path fromRoot = here.resolveSibling(named);
        return named.isAbsolute() ? named : fromRoot.toFile().exists() ? fromRoot : here.resolve(named);
    }
}
