package io.factotum.host.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** The Docker engine of the tests, through its own command. */
final class Engine {

    /** What {@code DOCKER_HOST} is where containers can share a directory with the tests. */
    static final String HERE = "unix:.+";

    /** Why tests are left out elsewhere; a condition on the class, so that they show as skipped. */
    static final String NONE = "No Docker engine on this machine: DOCKER_HOST names no unix socket. Run bin/test-engine"
            + " start and set what bin/test-engine env says.";

    /** The same where the engine is not ours to restart. */
    static final String NOT_OURS =
            "The Docker engine may not be restarted: FACTOTUM_TEST_ENGINE does not name bin/test-engine.";

    private Engine() {}

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

    /** The containers of runs, of any installation, whether they run or not. */
    static Set<String> containers() {
        return Command.output("docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", "label=factotum.io/run")
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
