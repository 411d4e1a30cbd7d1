package io.factotum.host.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/** The Docker engine of the tests, through its own command. */
final class Engine {

    private Engine() {}

    /** Skips the tests, visibly, where there is none whose containers can share a directory with the tests. */
    static void assumeThere() {
        String host = System.getenv("DOCKER_HOST");
        Assumptions.assumeTrue(
                host != null,
                "No Docker engine: DOCKER_HOST is not set. Run bin/test-engine start and set what bin/test-engine env says.");
        Assumptions.assumeTrue(
                host.startsWith("unix:"),
                "The Docker engine at '" + host
                        + "' is not on this machine: its containers cannot share a directory with the tests.");
    }

    /** Skips a test where the engine is not ours to restart. */
    static void assumeRestartable() {
        Assumptions.assumeTrue(
                System.getenv("FACTOTUM_TEST_ENGINE") != null,
                "The Docker engine may not be restarted: FACTOTUM_TEST_ENGINE does not name bin/test-engine.");
    }

    static void start() {
        control("start");
    }

    static void restart() {
        control("restart");
    }

    static void kill() {
        control("kill");
    }

    private static void control(String command) {
        Command.output(script().toString(), command);
    }

    // A relative path is meant from the repository's root.
    private static Path script() {
        return Repository.ROOT.resolve(System.getenv("FACTOTUM_TEST_ENGINE"));
    }

    /** The containers of hosts, of any installation, whether they run or not. */
    static Set<String> containers() {
        return Command.output("docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", "label=factotum.io/install")
                .lines()
                .collect(Collectors.toSet());
    }

    /** All that the engine tells about a container. */
    static String inspect(String container) {
        return Command.output("docker", "inspect", container);
    }

    static void remove(Set<String> containers) {
        containers.forEach(container -> Command.output("docker", "rm", "--force", "--volumes", container));
    }

    /** What scripts made in containers may belong to another user; so a container takes it away. */
    static void empty(Path directory) {
        if (Files.exists(directory)) {
            Command.output(
                    "docker",
                    "run",
                    "--rm",
                    "--volume",
                    directory + ":/there",
                    "factotum-test/shell:1",
                    "sh",
                    "-c",
                    "rm -rf /there/*");
        }
    }
}
