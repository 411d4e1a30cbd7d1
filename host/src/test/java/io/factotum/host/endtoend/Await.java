package io.factotum.host.endtoend;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does, which can only be looked for. */
final class Await {

    static final Duration MOST = Duration.ofSeconds(90);

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final ScheduledExecutorService LOOKS = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "looks");
        thread.setDaemon(true);
        return thread;
    });

    private Await() {}

    /** Looks until it is so. */
    static void until(String what, BooleanSupplier isSo) {
        until(() -> what, isSo);
    }

    /** Looks until it is so; if it never is, asks what was waited for. */
    static void until(Supplier<String> what, BooleanSupplier isSo) {
        until(what, () -> isSo.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** Looks until something is there. What is thrown while looking ends the wait. */
    static <T> T until(String what, Look<T> look) {
        return until(() -> what, look);
    }

    private static <T> T until(Supplier<String> what, Look<T> look) {
        CompletableFuture<T> found = new CompletableFuture<>();
        var looking = LOOKS.scheduleWithFixedDelay(
                () -> {
                    try {
                        look.look().ifPresent(found::complete);
                    } catch (Exception | AssertionError failure) {
                        found.completeExceptionally(failure);
                    }
                },
                0,
                LOOK.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            return found.get(MOST.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("Waited in vain for %s for %s.".formatted(MOST, what.get()), late);
        } catch (ExecutionException failure) {
            throw new AssertionError("Cannot look for " + what.get(), failure.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for " + what.get(), stopped);
        } finally {
            looking.cancel(false);
        }
    }

    /** One look. */
    interface Look<T> {

        Optional<T> look() throws Exception;
    }
}
