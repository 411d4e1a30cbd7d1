package io.factotum.host.http;

import io.factotum.host.Refusal;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Runs and what they print. */
final class RunRoutes {

    private final PgViews views;
    private final LifecycleOperations lifecycle;

    RunRoutes(PgViews views, LifecycleOperations lifecycle) {
        this.views = views;
        this.lifecycle = lifecycle;
    }

    Map<String, Endpoint> endpoints() {
        return Map.of(
                "listRuns",
                        request -> views.runs(request.page("state", "event_type", "resource", "order"))
                                .map(ApiResponse::ok),
                "getRun",
                        request -> views.run(request.id())
                                .map(run ->
                                        ApiResponse.ok(run.orElseThrow(() -> Refusal.notFound("run", request.id())))),
                "getOutput", this::output,
                "cancelRun",
                        request -> lifecycle
                                .cancel(request.id())
                                .map(run -> ApiResponse.accepted(new JsonObject().put("run", run))));
    }

    private Future<ApiResponse> output(ApiRequest request) {
        String stream = request.parameter("stream");
        return views.output(request.id())
                .map(found -> found.orElseThrow(() -> Refusal.notFound("run", request.id())))
                .map(output -> stream == null
                        ? ApiResponse.ok(output)
                        : ApiResponse.text(ApiResponse.TEXT, output.getString(stream)));
    }
}
