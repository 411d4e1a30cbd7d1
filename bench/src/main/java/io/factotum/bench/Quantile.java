package io.factotum.bench;

import java.util.stream.DoubleStream;

/** Quantiles of a sample, between its two neighbours where they fall between. */
final class Quantile {

    private Quantile() {}

    static double median(DoubleStream values) {
        return of(0.5, values);
    }

    static double of(double part, DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
