package io.factotum.scripts.executor;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One script under way. */
public interface Execution {

    /** What it runs in, called for good: {@code name@digest}. Known, if at all, when {@link #exit()} is. */
    default Optional<String> image() {
        return Optional.empty();
    }

    /** When the script began. */
    Instant startedAt();

    /**
     * How it ended, once it has and every byte that it printed is in the sink.
     *
     * <p>A lost connection to the engine does not end it: the executor waits until the engine is back and looks again.
     * Fails with {@link ExecutionLostException} if what ran is gone and nothing can be found out about how it ended.
     */
    Future<Exit> exit();

    /**
     * Ends it: TERM, then KILL after the grace time. {@link #exit()} then tells the reason given here.
     *
     * @param reason {@link Exit.Reason#TIMED_OUT} or {@link Exit.Reason#CANCELED}
     * @return completes when the engine has been told; what it waits for is {@link #exit()}
     */
    Future<Void> stop(Exit.Reason reason, Duration grace);
}
