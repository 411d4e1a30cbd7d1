package io.factotum.bench.plugins;

import io.factotum.host.plugin.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The program {@code bench/plugins}: what loading, starting, unloading, staging and dropping a plugin take. */
public final class PluginBench {

    // Of classes, compressed; with what a zip file says of each entry it is a jar of 17.6 MB.
    private static final long LARGE = 15_500_000;
    private static final Duration POLL = Duration.ofSeconds(2);
    private static final Path DONOR = Path.of("plugins-dir/custom-scripts.jar");

    private final int rounds;
    private final int warmUp;
    private final int drops;
    private final List<String> report = new ArrayList<>();

    private PluginBench(int rounds, int warmUp, int drops) {
        this.rounds = rounds;
        this.warmUp = warmUp;
        this.drops = drops;
    }

    /** With rounds, rounds before them that do not count, and jars to drop, if anything else than 60, 300 and 5 is wanted. */
    public static void main(String[] arguments) throws Exception {
        int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        new PluginBench(
                        numbers.length > 0 ? numbers[0] : 60,
                        numbers.length > 1 ? numbers[1] : 300,
                        numbers.length > 2 ? numbers[2] : 5)
                .run();
        System.exit(0);
    }

    private void run() throws Exception {
        Path home = Files.createTempDirectory("factotum-bench-plugins");
        try {
            BenchJar trivial = BenchJar.make("trivial", DONOR, 0, home);
            BenchJar large = BenchJar.make("large", DONOR, LARGE, home);
            try (HostLane host = new HostLane(home, POLL)) {
                lives(List.of(trivial, large), new Pf4jLane(home), host);
                arrivals(List.of(trivial, large), host);
            }
            staging(List.of(large.file(), DONOR), home.resolve("staged"));
        } finally {
            remove(home);
        }
        report.forEach(System.out::println);
        Files.write(Path.of("bench/results/plugins.md"), report);
    }

    private void lives(List<BenchJar> jars, Pf4jLane pf4j, HostLane host) throws Exception {
        for (BenchJar jar : jars) {
            host.arrive(jar);
            host.rest(jar);
        }
        List<List<Lap>> ours = List.of(new ArrayList<>(), new ArrayList<>());
        List<List<Lap>> theirs = List.of(new ArrayList<>(), new ArrayList<>());
        List<List<Lap>> loaders = List.of(new ArrayList<>(), new ArrayList<>());
        for (int round = -warmUp; round < rounds; round++) {
            for (int i = 0; i < jars.size(); i++) {
                // In turns, so that neither is always the one after the other's garbage.
                boolean theyFirst = round % 2 == 0;
                Lap their = theyFirst ? pf4j.lap(jars.get(i)) : null;
                Lap our = host.lap(jars.get(i));
                their = their == null ? pf4j.lap(jars.get(i)) : their;
                long[] loading = Staging.load(jars.get(i).file(), "bench.plugin.Ours", "bench.plugin.Classes");
                if (round >= 0) {
                    loaders.get(i).add(new Lap(Lap.millis(loading[0]), Lap.millis(loading[1])));
                    ours.get(i).add(our);
                    theirs.get(i).add(their);
                }
            }
        }
        report.add("| jar | bytes | lane | load + start: median ms | p95 | unload: median ms | p95 |");
        report.add("|---|---|---|---|---|---|---|");
        for (int i = 0; i < jars.size(); i++) {
            report.add(row(jars.get(i), "PF4J", theirs.get(i)));
            report.add(row(jars.get(i), "**Factotum**", ours.get(i)));
            report.add(row(jars.get(i), "Factotum, its class loader alone", loaders.get(i)));
        }
        for (BenchJar jar : jars) {
            host.wake(jar);
            host.remove(jar);
        }
    }

    private static String row(BenchJar jar, String lane, List<Lap> laps) throws IOException {
        return "| %s | %d | %s | %.2f | %.2f | %.2f | %.2f |"
                .formatted(
                        jar.id(),
                        jar.bytes(),
                        lane,
                        quantile(0.5, laps.stream().map(Lap::startMs).toList()),
                        quantile(0.95, laps.stream().map(Lap::startMs).toList()),
                        quantile(0.5, laps.stream().map(Lap::unloadMs).toList()),
                        quantile(0.95, laps.stream().map(Lap::unloadMs).toList()));
    }

    private void arrivals(List<BenchJar> jars, HostLane host) throws Exception {
        report.add("");
        report.add(
                "| jar | moved to seen: median ms | waits to lie still, ms | then to the first answer: median ms | most |");
        report.add("|---|---|---|---|---|");
        for (BenchJar jar : jars) {
            List<HostLane.Arrival> arrivals = new ArrayList<>();
            for (int i = 0; i < drops; i++) {
                arrivals.add(host.arrive(jar));
                host.remove(jar);
            }
            List<Double> answered =
                    arrivals.stream().map(HostLane.Arrival::answered).toList();
            report.add("| %s | %.0f | %.0f | %.0f | %.0f |"
                    .formatted(
                            jar.id(),
                            quantile(
                                    0.5,
                                    arrivals.stream()
                                            .map(HostLane.Arrival::seen)
                                            .toList()),
                            arrivals.get(0).stood(),
                            quantile(0.5, answered),
                            quantile(1, answered)));
        }
    }

    private void staging(List<Path> jars, Path work) throws IOException {
        Staging staging = new Staging(work);
        report.add("");
        report.add("| staged | bytes | median ms | p95 |");
        report.add("|---|---|---|---|");
        for (Path jar : jars) {
            List<Double> laps = new ArrayList<>();
            for (int round = -warmUp; round < rounds; round++) {
                long begin = System.nanoTime();
                Path copy = staging.stage(jar);
                double lap = Lap.millis(System.nanoTime() - begin);
                // Each is a new one: to replace a file takes as long as to free it.
                Files.delete(copy);
                if (round >= 0) {
                    laps.add(lap);
                }
            }
            report.add("| %s | %d | %.1f | %.1f |"
                    .formatted(jar.getFileName(), Files.size(jar), quantile(0.5, laps), quantile(0.95, laps)));
        }
    }

    private static double quantile(double part, List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.round(part * (sorted.size() - 1)));
    }

    private static void remove(Path home) throws IOException {
        try (Stream<Path> walk = Files.walk(home)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
