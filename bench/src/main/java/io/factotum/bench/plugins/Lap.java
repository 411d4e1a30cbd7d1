package io.factotum.bench.plugins;

/** One life of a plugin: how long it took until it had started, and until it was unloaded. */
record Lap(double startMs, double unloadMs) {

    static double millis(long nanos) {
        return nanos / 1e6;
    }
}
