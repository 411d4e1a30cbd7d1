package io.factotum.testkit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits of a test's thread, each with an end. */
final class Waiting {

    private static final Duration MOST = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(20);

    private Waiting() {}

    static <T> T until(String what, Future<T> future) {
        try {
            return future.await(MOST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError(
                    "Waited %d seconds for %s, and it did not come.".formatted(MOST.toSeconds(), what));
        }
    }

    /** Looks again and again until there is something to see. */
    static <T> T until(Supplier<String> what, Vertx vertx, Supplier<Optional<T>> look) {
        long end = System.nanoTime() + MOST.toNanos();
        for (Optional<T> seen = look.get(); ; seen = look.get()) {
            if (seen.isPresent()) {
                return seen.get();
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("Waited %d seconds for %s".formatted(MOST.toSeconds(), what.get()));
            }
            pause(vertx, LOOK);
        }
    }

    static void pause(Vertx vertx, Duration time) {
        until("a timer", vertx.timer(time.toMillis(), TimeUnit.MILLISECONDS));
    }
}
