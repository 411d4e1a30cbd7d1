package io.factotum.bench;

/** What every container runs. */
final class Script {

    /** One line that prints one word, which for a create is the backend_id. */
    static final String TEXT = "echo made";

    static final String OUTPUT = "made";

    private Script() {}

    /** Fails if a container has done something else: its time would say nothing. */
    static void check(String who, int exitCode, String output) {
        if (exitCode != 0 || !output.strip().equals(OUTPUT)) {
            throw new IllegalStateException("%s: the script ended with %d and printed '%s'. Expected 0 and '%s'."
                    .formatted(who, exitCode, output.strip(), OUTPUT));
        }
    }
}
