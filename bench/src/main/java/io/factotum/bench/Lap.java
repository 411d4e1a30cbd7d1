package io.factotum.bench;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * One container's times, in milliseconds.
 *
 * @param leadMs what passed before the clock of the others was started: for an order, from submitting to its acceptance
 * @param resultMs until its result was known, or on disk
 * @param removedMs until its container was gone
 * @param steps until each of its steps was done, where the lane tells of them
 */
record Lap(double leadMs, double resultMs, CompletableFuture<Double> removedMs, Map<String, Double> steps) {

    /** Without steps, and with the container gone already. */
    static Lap of(double resultMs, double removedMs) {
        return new Lap(0, resultMs, CompletableFuture.completedFuture(removedMs), Map.of());
    }

    static double millisSince(long nanos) {
        return millis(nanos, System.nanoTime());
    }

    static double millis(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1e6;
    }
}
