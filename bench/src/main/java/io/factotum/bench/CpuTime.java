package io.factotum.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Processor time of this JVM, of its database, and of all that ran on the machine: it counts the same however long one
 * had to wait for a processor.
 *
 * @param machineMs without what was idle, and without what a virtual machine's host took; kept to 10 ms
 */
record CpuTime(double jvmMs, double databaseMs, double machineMs) {

    // Of the line 'cpu' in /proc/stat, in hundredths of a second: user, nice, system, idle, iowait, irq, softirq.
    private static final int[] BUSY = {1, 2, 3, 6, 7};
    private static final double TICK_MS = 10;

    static CpuTime now(Path dataDirectory) throws IOException {
        long postmaster = Long.parseLong(Files.readAllLines(dataDirectory.resolve("postgresql/cluster/postmaster.pid"))
                .get(0)
                .strip());
        Stream<ProcessHandle> database = ProcessHandle.of(postmaster).stream()
                .flatMap(main -> Stream.concat(Stream.of(main), main.descendants()));
        return new CpuTime(
                millis(ProcessHandle.current()),
                database.mapToDouble(CpuTime::millis).sum(),
                machine());
    }

    private static double machine() throws IOException {
        String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        return IntStream.of(BUSY)
                        .mapToLong(field -> Long.parseLong(ticks[field]))
                        .sum()
                * TICK_MS;
    }

    private static double millis(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e6;
    }

    /** What each of so many took since then. */
    CpuTime each(CpuTime since, int count) {
        return new CpuTime(
                (jvmMs - since.jvmMs) / count,
                (databaseMs - since.databaseMs) / count,
                (machineMs - since.machineMs) / count);
    }
}
