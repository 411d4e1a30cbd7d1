package io.factotum.testkit;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;

/** Places orders, and waits until their runs have ended. */
record Orders(HostApi api, Vertx vertx) {

    private static final Set<String> UNDER_WAY = Set.of("PENDING", "RUNNING");
    private static final String RESOURCES = "/api/v1/resources";
    private static final String RUNS = "/api/v1/runs/";

    EndedRun create(JsonObject body) {
        return accepted(api.post(RESOURCES, body));
    }

    EndedRun update(String resourceId, JsonObject change) {
        return accepted(HostApi.object(api.send("PATCH", RESOURCES + "/" + resourceId, change.encode())));
    }

    /** What is asked for with a word after the resource: {@code pull}, {@code terminate}. */
    EndedRun ask(String resourceId, String what) {
        return accepted(HostApi.object(api.send("POST", RESOURCES + "/" + resourceId + "/" + what)));
    }

    EndedRun ended(String runId) {
        JsonObject run = Waiting.until(
                () -> "the run to end, and it is still %s".formatted(api.get(RUNS + runId)), vertx, () -> Optional.of(
                                api.get(RUNS + runId))
                        .filter(found -> !UNDER_WAY.contains(found.getString("state"))));
        JsonObject output = api.get(RUNS + runId + "/output");
        String resourceId = run.getJsonObject("resource").getString("uuid");
        return new EndedRun(
                run, api.get(RESOURCES + "/" + resourceId), output.getString("stdout"), output.getString("stderr"));
    }

    private EndedRun accepted(JsonObject answer) {
        JsonObject run = answer.getJsonObject("run");
        return ended(run == null ? answer.getJsonObject("order").getString("run") : run.getString("uuid"));
    }
}
