package io.factotum.scripts.executor;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;

/** A script that has ended already. */
public record EndedExecution(Exit end) implements Execution {

    @Override
    public Instant startedAt() {
        return end.startedAt();
    }

    @Override
    public Future<Exit> exit() {
        return Future.succeededFuture(end);
    }

    @Override
    public Future<Void> stop(Exit.Reason reason, Duration grace) {
        return Future.succeededFuture();
    }
}
