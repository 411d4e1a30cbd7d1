package io.factotum.testkit;

import io.vertx.core.json.JsonObject;

/**
 * A run that has ended, and its resource as it is then.
 *
 * @param run as {@code GET /api/v1/runs/{id}} shows it
 * @param resource as {@code GET /api/v1/resources/{id}} shows it
 * @param stdout what the plugin has kept of its standard output
 * @param stderr likewise of its standard error
 */
public record EndedRun(JsonObject run, JsonObject resource, String stdout, String stderr) {

    /** {@code SUCCEEDED}, {@code FAILED}, {@code TIMED_OUT}, {@code CANCELED} or {@code LOST}. */
    public String state() {
        return run.getString("state");
    }

    /** What the plugin said of it, for people. */
    public String message() {
        return run.getString("message", "");
    }

    /** The resource's UUID, to order an update, a pull or its termination with. */
    public String resourceId() {
        return resource.getString("uuid");
    }

    /**
     * This run, for {@code plugin.order(...).succeeded().resource()}.
     *
     * @throws AssertionError with the run's message and output if it did not succeed
     */
    public EndedRun succeeded() {
        if (!state().equals("SUCCEEDED")) {
            throw new AssertionError("The %s run ended %s %s: %s%nstdout: %s%nstderr: %s%nresource: %s"
                    .formatted(
                            run.getString("event_type"),
                            state(),
                            run.getString("code", ""),
                            message(),
                            stdout,
                            stderr,
                            resource.encode()));
        }
        return this;
    }
}
