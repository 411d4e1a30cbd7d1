package io.factotum.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/**
 * One lane at one concurrency in one round.
 *
 * @param begin when the first one was placed, as {@link System#nanoTime()}: on Linux its monotonic clock
 * @param seconds from the first one placed to the last container gone
 * @param cpu that each container took of this JVM, of its database and of the machine
 */
record Cell(int round, String lane, int atOnce, List<Lap> laps, long begin, double seconds, CpuTime cpu) {

    /** A closed loop: each worker has one under way at a time. Returns when all containers are gone. */
    static Cell measure(int round, Lane lane, int atOnce, int containers, Options options, Path dataDirectory)
            throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(atOnce);
        try {
            AtomicInteger left = new AtomicInteger(containers);
            Callable<List<Lap>> worker = () -> {
                List<Lap> laps = new ArrayList<>();
                while (left.getAndDecrement() > 0) {
                    Lap lap = lane.run();
                    laps.add(lap);
                    if (options.nextWhenGone()) {
                        lap.removedMs().get(1, TimeUnit.MINUTES);
                    }
                    Thread.sleep(options.pauseMs());
                }
                return laps;
            };
            CpuTime cpuBefore = CpuTime.now(dataDirectory);
            long begin = System.nanoTime();
            List<Lap> all = new ArrayList<>();
            List<Future<List<Lap>>> running = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                running.add(workers.submit(worker));
            }
            for (Future<List<Lap>> one : running) {
                all.addAll(one.get());
            }
            for (Lap lap : all) {
                lap.removedMs().get(1, TimeUnit.MINUTES);
            }
            double seconds = Lap.millisSince(begin) / 1e3;
            CpuTime cpu = CpuTime.now(dataDirectory).each(cpuBefore, containers);
            return new Cell(round, lane.name(), atOnce, List.copyOf(all), begin, seconds, cpu);
        } finally {
            workers.shutdownNow();
        }
    }

    double perSecond() {
        return laps.size() / seconds;
    }

    double median(ToDoubleFunction<Lap> time) {
        return Quantile.median(laps.stream().mapToDouble(time));
    }
}
