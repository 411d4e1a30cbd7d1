package io.factotum.host.http;

import io.factotum.host.Refusal;
import io.factotum.host.output.OutputNews;
import io.factotum.host.output.OutputPosition;
import io.factotum.host.output.OutputStore;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Runs and what they print. */
final class RunRoutes {

    private final Vertx vertx;
    private final PgViews views;
    private final OutputStore outputs;
    private final OutputNews outputNews;
    private final LifecycleOperations lifecycle;

    RunRoutes(Vertx vertx, AdminParts parts) {
        this.vertx = vertx;
        this.views = parts.views();
        this.outputs = parts.outputs();
        this.outputNews = parts.outputNews();
        this.lifecycle = parts.lifecycle();
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
                "followOutput", this::follow,
                "cancelRun",
                        request -> lifecycle
                                .cancel(request.id())
                                .map(run -> ApiResponse.accepted(new JsonObject().put("run", run))));
    }

    private Future<ApiResponse> output(ApiRequest request) {
        String stream = request.parameter("stream");
        return outputs.whole(request.id())
                .map(output -> stream == null
                        ? ApiResponse.ok(output)
                        : ApiResponse.text(ApiResponse.TEXT, output.getString(stream)));
    }

    private Future<Answer> follow(ApiRequest request) {
        String last = request.parameter("Last-Event-ID");
        OutputPosition after = last == null ? null : OutputPosition.parse(last);
        return views.run(request.id())
                .map(run -> run.orElseThrow(() -> Refusal.notFound("run", request.id())))
                .map(run -> new RunLogStream(vertx, outputs, outputNews, request.id(), after));
    }
}
