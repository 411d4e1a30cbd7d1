package io.factotum.host.http;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events: {@code stdout:text}, {@code stdout:<n>} of a gap, {@code end:STATE}, with bars between. */
final class SseClient implements AutoCloseable {

    private final HttpClient client;
    private final HttpClientResponse response;
    private final Promise<Void> ended = Promise.promise();
    private final List<String> events = new ArrayList<>();
    private final long begin = System.nanoTime();
    private long length;
    private String id = "";
    private @Nullable String wanted;
    private Promise<Void> found = Promise.promise();

    SseClient(Vertx vertx, int port, String path, String token, @Nullable String after) {
        client = vertx.createHttpClient();
        response = join(client.request(HttpMethod.GET, port, "127.0.0.1", path).compose(request -> {
            request.putHeader("Authorization", "Bearer " + token).putHeader("Accept", "text/event-stream");
            if (after != null) {
                request.putHeader("Last-Event-ID", after);
            }
            return request.send().onSuccess(this::begin);
        }));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.getHeader("Content-Type")).isEqualTo("text/event-stream");
    }

    private void begin(HttpClientResponse from) {
        RecordParser parser = RecordParser.newDelimited("\n\n", event -> event(event.toString()));
        from.handler(parser);
        from.endHandler(end -> ended.tryComplete());
        from.exceptionHandler(ended::tryFail);
    }

    private synchronized void event(String event) {
        String name = "";
        JsonObject data = new JsonObject();
        for (String line : event.split("\n")) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = new JsonObject(line.substring(6));
            }
        }
        switch (name) {
            case "output" -> {
                length += data.getString("text").length();
                events.add(data.getString("stream") + ":" + data.getString("text"));
            }
            case "gap" -> events.add(data.getString("stream") + ":<" + data.getLong("left_out") + ">");
            case "end" -> events.add("end:" + data.getString("state"));
            default -> assertThat(event).matches(":|retry: \\d+");
        }
        check();
    }

    private void check() {
        if (text().equals(wanted)) {
            found.tryComplete();
        }
    }

    /** Waits until that is what has come. */
    void await(String text) {
        Future<Void> coming;
        synchronized (this) {
            wanted = text;
            found = Promise.promise();
            coming = found.future();
            check();
        }
        try {
            coming.await(20, java.util.concurrent.TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException late) {
            throw new AssertionError("came: " + text(), late);
        }
    }

    synchronized String text() {
        return String.join("|", events);
    }

    synchronized String lastId() {
        return id;
    }

    synchronized long length() {
        return length;
    }

    Duration took() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    Future<Void> ended() {
        return ended.future();
    }

    void pause() {
        response.pause();
    }

    void resume() {
        response.resume();
    }

    @Override
    public void close() {
        join(client.close());
    }
}
