package io.factotum.scripts.executor.docker;

import io.factotum.scripts.executor.OutputSink;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** Listens to one container, by one stream at a time: what comes of an earlier one no longer reaches the sink. */
final class Ear {

    private final Vertx vertx;
    private final Context context;
    private final DockerEngine engine;
    private final String id;
    private final OutputSink sink;
    private @Nullable Listening current;
    private boolean closed;

    Ear(Vertx vertx, DockerEngine engine, String id, OutputSink sink) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.engine = engine;
        this.id = id;
        this.sink = sink;
    }

    /** Attaches to a container that is to be started. */
    Attachment attach() {
        stop();
        MarkedOutput output = output(false);
        return listen(output, Attachment.of(engine, id, output));
    }

    /** Takes what is attached already. */
    Attachment take(Attachment attachment) {
        stop();
        MarkedOutput output = output(false);
        attachment.passTo(output);
        return listen(output, attachment);
    }

    private Attachment listen(MarkedOutput output, Attachment attachment) {
        Listening listening = new Listening(vertx, output, attachment.stream(), false);
        listening.alsoStops(attachment::withhold);
        hear(listening);
        return attachment;
    }

    /** Reads the log from its begin; to the container's end if it is followed. */
    Listening readLog(boolean follow) {
        stop();
        MarkedOutput output = output(true);
        Listening listening = new Listening(vertx, output, engine.logs(id, follow, output), true);
        hear(listening);
        return listening;
    }

    private void hear(Listening listening) {
        if (closed) {
            listening.stop();
        } else {
            current = listening;
        }
    }

    private MarkedOutput output(boolean ofLog) {
        return new MarkedOutput(context, sink, ofLog);
    }

    /** What is listened by now; null if nothing is. */
    @Nullable
    Listening current() {
        return current;
    }

    void stop() {
        if (current != null) {
            current.stop();
            current = null;
        }
    }

    /** Stops, for good: what is opened from now on is closed at once. */
    void close() {
        closed = true;
        stop();
    }
}
