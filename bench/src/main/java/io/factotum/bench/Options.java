package io.factotum.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was asked for on the command line.
 *
 * @param rounds measured rounds, each with all lanes at all concurrencies
 * @param warmUp rounds before them that do not count
 * @param ordersBefore orders that Factotum alone gets before all rounds
 * @param concurrency how many are placed at once
 * @param each containers that each worker runs in a round
 * @param nextWhenGone whether a worker places its next when its last container is gone, or when it has its result
 * @param sandboxes whose runs share a network namespace
 * @param warm how many containers wait for an order
 * @param pauseMs how long a worker waits before it places its next
 * @param lanes what is measured; ratios are to the first
 */
record Options(
        int rounds,
        int warmUp,
        int ordersBefore,
        List<Integer> concurrency,
        int each,
        boolean nextWhenGone,
        String image,
        String network,
        String sandboxes,
        int warm,
        int pauseMs,
        List<String> lanes,
        String results) {

    static final String USAGE = """
            Usage: bench/run [--rounds 10] [--warm-up 2] [--orders-before 0] [--concurrency 1,2,4,8]
                             [--each 4] [--next gone]
                             [--image alpine:3] [--network bridge] [--sandboxes offering]
                             [--warm 0] [--pause 0] [--lanes api,factotum,run] [--results bench/results]

              --rounds       measured rounds; each runs all lanes at all concurrencies, in rotated order
              --warm-up      rounds before them that do not count
              --orders-before  orders that Factotum alone gets before all rounds, for its JVM to compile
              --concurrency  how many containers are under way at once
              --each         containers that each worker runs in a round; at least 8 in all
              --next         gone: a worker places its next when its last container is gone, so that each has one in
                             the engine; result: when it has its result
              --image        of the containers
              --network      of the containers: bridge or none
              --sandboxes    whose runs share a network namespace: offering, or none
              --warm         how many containers wait for an order
              --pause        milliseconds for which a worker waits before it places its next, in all lanes: time in
                             which warm containers are made again
              --lanes        api: the bare engine API; alone: the same with a network namespace of its own;
                             factotum; run: docker run --rm; stdin: the bare engine API with the plugin's wrapper,
                             the script by standard input; dockerpy: docker-py as Waldur calls it, which needs
                             python3-docker. Ratios are to the first
              --results      where the report and the single times go
            """;

    private static final int LEAST_IN_A_CELL = 8;

    static Options parse(String[] arguments) {
        Map<String, String> given = new HashMap<>(Map.ofEntries(
                Map.entry("--rounds", "10"),
                Map.entry("--warm-up", "2"),
                Map.entry("--orders-before", "0"),
                Map.entry("--concurrency", "1,2,4,8"),
                Map.entry("--each", "4"),
                Map.entry("--next", "gone"),
                Map.entry("--image", "alpine:3"),
                Map.entry("--network", "bridge"),
                Map.entry("--sandboxes", "offering"),
                Map.entry("--warm", "0"),
                Map.entry("--pause", "0"),
                Map.entry("--lanes", "api,factotum,run"),
                Map.entry("--results", "bench/results")));
        for (int at = 0; at < arguments.length; at += 2) {
            if (at + 1 == arguments.length || given.replace(arguments[at], arguments[at + 1]) == null) {
                throw new IllegalArgumentException("Cannot use argument '%s'.%n%s".formatted(arguments[at], USAGE));
            }
        }
        return new Options(
                number(given, "--rounds"),
                number(given, "--warm-up"),
                number(given, "--orders-before"),
                Arrays.stream(text(given, "--concurrency").split(","))
                        .map(one -> number("--concurrency", one))
                        .toList(),
                number(given, "--each"),
                text(given, "--next").equals("gone"),
                text(given, "--image"),
                text(given, "--network"),
                text(given, "--sandboxes"),
                number(given, "--warm"),
                number(given, "--pause"),
                List.of(text(given, "--lanes").split(",")),
                text(given, "--results"));
    }

    private static String text(Map<String, String> given, String name) {
        return given.getOrDefault(name, "");
    }

    private static int number(Map<String, String> given, String name) {
        return number(name, text(given, name));
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseUnsignedInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Cannot use %s '%s': not a whole number.%n%s".formatted(name, value, USAGE), e);
        }
    }

    int mostAtOnce() {
        return concurrency.stream().max(Integer::compare).orElse(1);
    }

    /** So many that the median of a round is one. */
    int containers(int atOnce) {
        return Math.max(LEAST_IN_A_CELL, each * atOnce);
    }
}
