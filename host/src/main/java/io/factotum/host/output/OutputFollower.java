package io.factotum.host.output;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader that follows the output of one run: reads a little from the store, waits until the reader has taken it, and
 * reads on; at its end waits for news. So a slow reader costs a few kilobytes, and the run nothing. Lives on one context.
 */
public final class OutputFollower {

    /** Where it goes. A failure of any of them ends the following. */
    public interface Target {

        /** Takes them; completes when there is room for more. */
        Future<Void> take(List<OutputEvent> events);

        /** There is nothing new. */
        Future<Void> idle();

        /** The run has ended in that state, and all of its output has been taken. */
        Future<Void> end(String state, OutputPosition at);
    }

    private static final Logger LOG = LoggerFactory.getLogger(OutputFollower.class);
    private static final Duration LOOK = Duration.ofSeconds(15);

    private final Vertx vertx;
    private final Context context;
    private final OutputStore store;
    private final OutputNews news;
    private final UUID run;
    private final OutputDecoder decoder;
    private final Target target;
    private final Runnable wake = this::wake;
    private long timer;
    private boolean busy;
    private boolean again;
    private boolean stopped;

    /** Follows from there on, or from the beginning if null; call it on the context that it is to live on. */
    public OutputFollower(
            Vertx vertx, OutputStore store, OutputNews news, UUID run, @Nullable OutputPosition after, Target target) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.store = store;
        this.news = news;
        this.run = run;
        this.decoder = new OutputDecoder(after);
        this.target = target;
    }

    /** Begins. */
    public void start() {
        news.tell(run.toString(), wake);
        timer = vertx.setPeriodic(LOOK.toMillis(), look -> {
            if (!busy) {
                target.idle().onFailure(gone -> stop());
                readOn();
            }
        });
        readOn();
    }

    /** Ends it; safe to repeat. */
    public void stop() {
        stopped = true;
        vertx.cancelTimer(timer);
        news.forget(run.toString(), wake);
    }

    private void wake() {
        context.runOnContext(now -> readOn());
    }

    private void readOn() {
        if (stopped || busy) {
            again = busy;
            return;
        }
        busy = true;
        again = false;
        store.next(run, decoder.read()).onComplete(this::deliver, failure -> {
            LOG.debug("Cannot read output of a run now run={}: {}", run, failure.getMessage());
            busy = false;
        });
    }

    private void deliver(OutputStore.Page page) {
        List<OutputEvent> events = page.isEnd() ? decoder.finish() : decoder.events(page.chunks());
        Future<Void> taken = events.isEmpty() ? Future.succeededFuture() : target.take(events);
        taken.compose(done -> page.isEnd() ? target.end(page.state(), decoder.shown()) : Future.succeededFuture())
                .onComplete(
                        done -> {
                            busy = false;
                            if (page.isEnd()) {
                                stop();
                            } else if (again || !page.chunks().isEmpty()) {
                                readOn();
                            }
                        },
                        gone -> stop());
    }
}
