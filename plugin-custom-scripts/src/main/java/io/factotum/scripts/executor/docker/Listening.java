package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.model.Frame;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One stream of a container's output, and the timers that go with it. */
final class Listening {

    private final Vertx vertx;
    private final MarkedOutput output;
    private final ContainerStream<Frame> stream;
    private final Future<Void> ended;
    private final boolean readsLog;
    private final List<Long> timers = new ArrayList<>();
    private final List<Runnable> stops = new ArrayList<>();
    private boolean stopped;

    /** On the context of the caller, whoever opened the stream. */
    Listening(Vertx vertx, MarkedOutput output, ContainerStream<Frame> stream, boolean readsLog) {
        this.vertx = vertx;
        this.output = output;
        this.stream = stream;
        this.readsLog = readsLog;
        Context context = vertx.getOrCreateContext();
        Promise<Void> here = Promise.promise();
        stream.ended().onComplete(end -> context.runOnContext(v -> here.handle(end)));
        this.ended = here.future();
    }

    MarkedOutput output() {
        return output;
    }

    /** Whether it is the log that is read, not the container itself. */
    boolean readsLog() {
        return readsLog;
    }

    /** All output has been passed on. */
    Future<Void> ended() {
        return ended;
    }

    /** Hears something, unless this has been stopped by then. */
    <T> Handler<T> unlessStopped(Handler<T> handler) {
        return event -> {
            if (!stopped) {
                handler.handle(event);
            }
        };
    }

    /** Does something later, unless this has been stopped by then. */
    void after(Duration delay, Runnable action) {
        if (!stopped) {
            timers.add(vertx.setTimer(delay.toMillis(), timer -> action.run()));
        }
    }

    /** Does something again and again until this is stopped. */
    void every(Duration interval, Runnable action) {
        timers.add(vertx.setPeriodic(interval.toMillis(), timer -> action.run()));
    }

    /** Does something when this is stopped. */
    void alsoStops(Runnable action) {
        stops.add(action);
    }

    /** From its return on nothing reaches the sink from here. */
    void stop() {
        stopped = true;
        output.detach();
        stream.close();
        timers.forEach(vertx::cancelTimer);
        stops.forEach(Runnable::run);
    }
}
