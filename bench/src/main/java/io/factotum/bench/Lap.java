package io.factotum.bench;

import java.util.concurrent.CompletableFuture;

/**
 * One container's times, in milliseconds.
 *
 * @param leadMs what passed before the clock of the others was started: for an order, from submitting to its acceptance
 * @param resultMs until its result was known, or on disk
 * @param removedMs until its container was gone
 */
record Lap(double leadMs, double resultMs, CompletableFuture<Double> removedMs) {

    static double millisSince(long nanos) {
        return millis(nanos, System.nanoTime());
    }

    static double millis(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1e6;
    }
}
