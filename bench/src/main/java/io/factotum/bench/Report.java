package io.factotum.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The figures, as Markdown tables. */
final class Report {

    private final List<Cell> cells;
    private final Hops hops;
    private final List<String> lanes;
    private final String base;

    /** Of those cells; ratios are to the lane of that name. */
    Report(List<Cell> cells, Hops hops, List<String> lanes, String base) {
        this.cells = cells;
        this.hops = hops;
        this.lanes = lanes;
        this.base = base;
    }

    String markdown() {
        return String.join("\n", latencies(), rates(), processor(), hops());
    }

    private String latencies() {
        List<String> lines = new ArrayList<>();
        lines.add("| at once | lane | result: median ms | p95 | ÷ base | − base, ms | gone: median ms | p95 |");
        lines.add("|---|---|---|---|---|---|---|---|");
        for (int atOnce : concurrencies()) {
            for (String lane : lanes) {
                lines.add(row(
                        Integer.toString(atOnce),
                        lane,
                        format(0.5, laps(lane, atOnce), Lap::resultMs),
                        format(0.95, laps(lane, atOnce), Lap::resultMs),
                        "%.3f".formatted(paired(lane, atOnce, latency(lane), latency(base))),
                        "%+.1f"
                                .formatted(paired(
                                        lane, atOnce, latency(lane), latency(base), (ours, theirs) -> ours - theirs)),
                        format(0.5, laps(lane, atOnce), Report::removed),
                        format(0.95, laps(lane, atOnce), Report::removed)));
            }
        }
        lines.add("");
        lines.add("From submitting to acceptance, median and p95 ms: "
                + concurrencies().stream()
                        .map(atOnce -> "%d at once %s and %s"
                                .formatted(
                                        atOnce,
                                        format(0.5, laps("Factotum", atOnce), Lap::leadMs),
                                        format(0.95, laps("Factotum", atOnce), Lap::leadMs)))
                        .collect(Collectors.joining("; "))
                + ".");
        lines.add("");
        return String.join("\n", lines);
    }

    /** A lane's figure against the base's in the same round, as the machine's load is then the same; the median of these. */
    private double paired(
            String lane,
            int atOnce,
            ToDoubleFunction<Cell> ours,
            ToDoubleFunction<Cell> theirs,
            Comparison comparison) {
        return Quantile.median(cells(lane, atOnce).mapToDouble(cell -> {
            Cell other = cells(base, atOnce)
                    .filter(candidate -> candidate.round() == cell.round())
                    .findFirst()
                    .orElseThrow();
            return comparison.of(ours.applyAsDouble(cell), theirs.applyAsDouble(other));
        }));
    }

    private double paired(String lane, int atOnce, ToDoubleFunction<Cell> ours, ToDoubleFunction<Cell> theirs) {
        return paired(lane, atOnce, ours, theirs, (mine, base) -> mine / base);
    }

    private interface Comparison {
        double of(double ours, double theirs);
    }

    /** Until a lane has its result; what it is compared with is the whole of what the base does. */
    private ToDoubleFunction<Cell> latency(String lane) {
        return cell -> cell.median(lane.equals(base) ? Report::removed : Lap::resultMs);
    }

    private String rates() {
        List<String> lines = new ArrayList<>();
        lines.add(row(
                "containers a second (÷ base)",
                Stream.concat(
                        concurrencies().stream().map(atOnce -> atOnce + " at once"), Stream.of("at saturation"))));
        lines.add("|---|" + "---|".repeat(concurrencies().size() + 1));
        for (String lane : lanes) {
            Stream<String> rates = concurrencies().stream().map(atOnce -> rateAndRatio(lane, atOnce));
            lines.add(row(lane, Stream.concat(rates, Stream.of(rateAndRatio(lane, saturation())))));
        }
        return String.join("\n", lines) + "\n";
    }

    private String rateAndRatio(String lane, int atOnce) {
        return "%.2f (%.3f)".formatted(rate(lane, atOnce), paired(lane, atOnce, Cell::perSecond, Cell::perSecond));
    }

    private String processor() {
        return "Processor time a container, median ms, of the machine, and therein of the JVM and of PostgreSQL: "
                + lanes.stream()
                        .map(lane -> "%s %.0f, %.1f and %.1f"
                                .formatted(
                                        lane,
                                        cpu(lane, CpuTime::machineMs),
                                        cpu(lane, CpuTime::jvmMs),
                                        cpu(lane, CpuTime::databaseMs)))
                        .collect(Collectors.joining("; "))
                + ".\n";
    }

    private double cpu(String lane, ToDoubleFunction<CpuTime> time) {
        return Quantile.median(cells.stream()
                .filter(cell -> cell.lane().equals(lane))
                .map(Cell::cpu)
                .mapToDouble(time));
    }

    private double rate(String lane, int atOnce) {
        return Quantile.median(cells(lane, atOnce).mapToDouble(Cell::perSecond));
    }

    /** Where the base lane gets the most done. */
    private int saturation() {
        return concurrencies().stream()
                .max(Comparator.comparingDouble(atOnce -> rate(base, atOnce)))
                .orElseThrow();
    }

    private String hops() {
        return table("Factotum: median ms after acceptance", hops.medians())
                + table(base + ": median ms after the begin of create", steps());
    }

    private Map<Integer, Map<String, Double>> steps() {
        Map<Integer, Map<String, Double>> medians = new TreeMap<>();
        for (int atOnce : concurrencies()) {
            Map<String, List<Double>> steps = new LinkedHashMap<>();
            laps(base, atOnce).forEach(lap -> lap.steps()
                    .forEach((step, time) -> steps.computeIfAbsent(step, key -> new ArrayList<>())
                            .add(time)));
            medians.put(atOnce, Quantile.medians(steps));
        }
        return medians;
    }

    private static String table(String title, Map<Integer, Map<String, Double>> medians) {
        List<String> lines = new ArrayList<>();
        lines.add(row(title, medians.keySet().stream().map(atOnce -> atOnce + " at once")));
        lines.add("|---|" + "---|".repeat(medians.size()));
        medians.values().stream().limit(1).flatMap(one -> one.keySet().stream()).forEach(hop -> {
            Stream<String> times =
                    medians.values().stream().map(one -> "%.1f".formatted(one.getOrDefault(hop, Double.NaN)));
            lines.add(row(hop, times));
        });
        return String.join("\n", lines) + "\n\n";
    }

    /** Every lap on a line of its own. */
    void writeLaps(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of("round,lane,at_once,lead_ms,result_ms,removed_ms"));
        for (Cell cell : cells) {
            for (Lap lap : cell.laps()) {
                lines.add(String.format(
                        Locale.ROOT,
                        "%d,\"%s\",%d,%.3f,%.3f,%.3f",
                        cell.round(),
                        cell.lane(),
                        cell.atOnce(),
                        lap.leadMs(),
                        lap.resultMs(),
                        removed(lap)));
            }
        }
        Files.write(file, lines);
    }

    /** Every cell on a line of its own, with its times by the monotonic clock: what a profiler saw can be told apart by them. */
    void writeCells(Path file) throws IOException {
        List<String> lines =
                new ArrayList<>(List.of("round,lane,at_once,containers,begin_s,seconds,machine_ms,jvm_ms,database_ms"));
        for (Cell cell : cells) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%d,\"%s\",%d,%d,%.6f,%.6f,%.1f,%.1f,%.1f",
                    cell.round(),
                    cell.lane(),
                    cell.atOnce(),
                    cell.laps().size(),
                    cell.begin() / 1e9,
                    cell.seconds(),
                    cell.cpu().machineMs(),
                    cell.cpu().jvmMs(),
                    cell.cpu().databaseMs()));
        }
        Files.write(file, lines);
    }

    private TreeSet<Integer> concurrencies() {
        return cells.stream().map(Cell::atOnce).collect(Collectors.toCollection(TreeSet::new));
    }

    private Stream<Cell> cells(String lane, int atOnce) {
        return cells.stream().filter(cell -> cell.lane().equals(lane) && cell.atOnce() == atOnce);
    }

    private List<Lap> laps(String lane, int atOnce) {
        return cells(lane, atOnce).flatMap(cell -> cell.laps().stream()).toList();
    }

    private static double removed(Lap lap) {
        return lap.removedMs().getNow(Double.NaN);
    }

    private static String format(double part, List<Lap> laps, ToDoubleFunction<Lap> time) {
        return "%.1f".formatted(Quantile.of(part, laps.stream().mapToDouble(time)));
    }

    private static String row(String first, Stream<String> others) {
        return row(Stream.concat(Stream.of(first), others).toArray(String[]::new));
    }

    private static String row(String... columns) {
        return "| " + String.join(" | ", columns) + " |";
    }
}
