package io.factotum.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Quantiles of a sample, between its two neighbours where they fall between. */
final class Quantile {

    private Quantile() {}

    static double median(DoubleStream values) {
        return of(0.5, values);
    }

    /** The median of each, in the same order. */
    static Map<String, Double> medians(Map<String, List<Double>> samples) {
        Map<String, Double> medians = new LinkedHashMap<>();
        samples.forEach((name, all) -> medians.put(name, median(all.stream().mapToDouble(Double::doubleValue))));
        return medians;
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
