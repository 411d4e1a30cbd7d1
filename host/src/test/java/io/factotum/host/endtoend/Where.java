package io.factotum.host.endtoend;

import java.nio.file.Path;

/** What runs the scripts. */
enum Where {
    DOCKER,
    PROCESS;

    private static final String IN_CONTAINER = "/srv/factotum";

    /** Where scripts see the directory that they share with the tests. */
    String seen(Path shared) {
        return this == DOCKER ? IN_CONTAINER : shared.toString();
    }

    /** The plugin's configuration. */
    String configuration(Path shared) {
        String chosen = this == DOCKER ? """
                executor: docker
                docker:
                  volumes: ["%s:%s"]
                """.formatted(shared, IN_CONTAINER) : "executor: process\n";
        return chosen + """
                stop-grace: PT1S
                languages:
                  shell: {image: "factotum-test/shell:1", command: [sh]}
                  python: {image: "factotum-test/python:1", command: [python3]}
                  missing: {image: "factotum-test/not-there:1", command: [sh]}
                """;
    }
}
