package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Bounds how many logs are read at once, since each costs a connection and its buffers; the others wait, those of ended
 * scripts in front. A log that nobody followed is read when its script has ended. Lives on the plugin's context.
 */
final class LogSlots {

    private final Deque<Wait> waiting = new ArrayDeque<>();
    private int free;

    private record Wait(Supplier<Future<Void>> reading, BooleanSupplier wanted, Promise<Void> end) {}

    LogSlots(int slots) {
        this.free = slots;
    }

    /** Reads as soon as there is room, if it is wanted then. Completes with the reading, or at once if it is not wanted. */
    Future<Void> follow(Supplier<Future<Void>> reading, BooleanSupplier wanted) {
        Wait wait = new Wait(reading, wanted, Promise.promise());
        waiting.addLast(wait);
        next();
        return wait.end().future();
    }

    /** The same, before all that want to follow. */
    Future<Void> read(Supplier<Future<Void>> reading) {
        Wait wait = new Wait(reading, () -> true, Promise.promise());
        waiting.addFirst(wait);
        next();
        return wait.end().future();
    }

    private void next() {
        while (free > 0 && !waiting.isEmpty()) {
            Wait wait = waiting.removeFirst();
            if (!wait.wanted().getAsBoolean()) {
                wait.end().tryComplete();
                continue;
            }
            free--;
            wait.reading().get().onComplete(end -> {
                free++;
                if (end.succeeded()) {
                    wait.end().tryComplete();
                } else {
                    wait.end().tryFail(end.cause());
                }
                next();
            });
        }
    }
}
