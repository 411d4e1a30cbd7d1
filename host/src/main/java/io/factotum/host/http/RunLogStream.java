package io.factotum.host.http;

import io.factotum.host.output.OutputEvent;
import io.factotum.host.output.OutputFollower;
import io.factotum.host.output.OutputNews;
import io.factotum.host.output.OutputPosition;
import io.factotum.host.output.OutputStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The output of a run as server-sent events: {@code output} and {@code gap} as it comes, {@code end} at its end. */
final class RunLogStream implements Answer {

    static final String CONTENT_TYPE = "text/event-stream";

    private final Vertx vertx;
    private final OutputStore store;
    private final OutputNews news;
    private final UUID run;
    private final @Nullable OutputPosition after;

    RunLogStream(Vertx vertx, OutputStore store, OutputNews news, UUID run, @Nullable OutputPosition after) {
        this.vertx = vertx;
        this.store = store;
        this.news = news;
        this.run = run;
        this.after = after;
    }

    @Override
    public Future<Void> send(HttpServerResponse response) {
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                // Else some proxies collect what comes until it is a lot.
                .putHeader("X-Accel-Buffering", "no");
        OutputFollower follower = new OutputFollower(vertx, store, news, run, after, new OutputFollower.Target() {
            @Override
            public Future<Void> take(List<OutputEvent> events) {
                Buffer text = Buffer.buffer();
                events.forEach(
                        event -> append(text, event.leftOut() > 0 ? "gap" : "output", event.after(), event.toJson()));
                return response.write(text);
            }

            @Override
            public Future<Void> idle() {
                return response.write(":\n\n");
            }

            @Override
            public Future<Void> end(String state, OutputPosition at) {
                Buffer text = Buffer.buffer();
                append(text, "end", at, new JsonObject().put("state", state));
                return response.end(text);
            }
        });
        response.closeHandler(closed -> follower.stop());
        response.exceptionHandler(broken -> follower.stop());
        // At once, so that whoever follows knows that it is heard.
        return response.write("retry: 2000\n\n").onSuccess(begun -> follower.start());
    }

    private static void append(Buffer text, String event, OutputPosition id, JsonObject data) {
        text.appendString("id: %s\nevent: %s\ndata: %s\n\n".formatted(id, event, data.encode()));
    }
}
