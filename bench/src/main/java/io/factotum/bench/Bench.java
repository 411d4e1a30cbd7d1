package io.factotum.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The program: an order's way through a real host beside the bare engine API and {@code docker run}. */
public final class Bench {

    private final Options options;
    private final Engine engine;
    private final List<Cell> cells = new ArrayList<>();

    private Bench(Options options, Engine engine) {
        this.options = options;
        this.engine = engine;
    }

    /** Measures, prints the report and keeps it; exits with 2 if it cannot be used as it is called. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        Options options;
        Engine engine;
        try {
            options = Options.parse(arguments);
            engine = Engine.ofEnvironment(System.getenv());
        } catch (IllegalArgumentException unusable) {
            System.err.println(unusable.getMessage());
            System.exit(2);
            return;
        }
        try {
            new Bench(options, engine).run();
        } catch (Exception failure) {
            failure.printStackTrace();
            System.exit(1);
        }
    }

    private void run() throws Exception {
        Files.createDirectories(Path.of(options.results()));
        try (EngineEvents events = new EngineEvents(engine);
                Installation installation =
                        new Installation(Path.of("plugins-dir").toAbsolutePath(), options)) {
            FactotumLane factotum = new FactotumLane(installation, events);
            ContainerModel model = factotum.model(engine);
            DockerRunLane.verify(engine, model);
            say("Containers as the plugin makes them: image %s, network %s", model.image(), model.network());
            List<Lane> lanes = lanes(factotum, model);
            Hops hops = new Hops(installation.dataDirectory(), events);
            if (options.ordersBefore() > 0) {
                compile(factotum, installation.dataDirectory());
            }
            for (int round = -options.warmUp(); round < options.rounds(); round++) {
                round(round, lanes, factotum, hops, installation.dataDirectory());
            }
            report(lanes, hops);
        }
    }

    private void compile(FactotumLane factotum, Path data) throws Exception {
        int most = options.mostAtOnce();
        int orders = Math.max(options.ordersBefore(), most);
        Cell cell = Cell.measure(-options.warmUp() - 1, factotum, most, orders, options, data);
        factotum.takeSeen();
        engine.closeIdle();
        say(
                "%d orders before, %d at once:  %.1f ms %.2f/s",
                orders, most, cell.median(Lap::resultMs), cell.perSecond());
    }

    private List<Lane> lanes(FactotumLane factotum, ContainerModel model) {
        return options.lanes().stream()
                .map(lane -> switch (lane) {
                    case "api" -> EngineLane.same(engine, model);
                    case "alone" -> EngineLane.alone(engine, model, options.network());
                    case "factotum" -> factotum;
                    case "run" -> new DockerRunLane(model);
                    case "dockerpy" -> new DockerPyLane(model, Path.of("bench/docker_py.py"));
                    case "stdin" -> new EngineStdinLane(engine, model);
                    default ->
                        throw new IllegalArgumentException(
                                "Cannot measure lane '%s': unknown.%n%s".formatted(lane, Options.USAGE));
                })
                .toList();
    }

    private void round(int round, List<Lane> lanes, FactotumLane factotum, Hops hops, Path data) throws Exception {
        List<Lane> order = new ArrayList<>(lanes);
        Collections.rotate(order, round);
        for (int atOnce : options.concurrency()) {
            StringBuilder line = new StringBuilder("round %d, %d at once:".formatted(round, atOnce));
            for (Lane lane : order) {
                Cell cell = Cell.measure(round, lane, atOnce, options.containers(atOnce), options, data);
                line.append("  %s %.1f ms %.2f/s".formatted(lane.name(), cell.median(Lap::resultMs), cell.perSecond()));
                if (round >= 0) {
                    cells.add(cell);
                }
            }
            List<Hops.Seen> seen = factotum.takeSeen();
            if (round >= 0) {
                hops.add(atOnce, seen);
            }
            say("%s%s", line, round < 0 ? "  (warm-up)" : "");
        }
    }

    private void report(List<Lane> lanes, Hops hops) throws Exception {
        String base = lanes.get(0).name();
        Report report = new Report(cells, hops, lanes.stream().map(Lane::name).toList(), base);
        Path directory = Path.of(options.results());
        Files.writeString(directory.resolve("report.md"), report.markdown());
        report.writeLaps(directory.resolve("laps.csv"));
        report.writeCells(directory.resolve("cells.csv"));
        say("%n%s", report.markdown());
        say("Kept in %s; base is '%s' from create to removed.", directory, base);
    }

    private static void say(String format, Object... values) {
        System.out.printf(format + "%n", values);
    }
}
