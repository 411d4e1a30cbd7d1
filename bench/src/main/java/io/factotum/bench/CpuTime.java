package io.factotum.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Processor time of this JVM and of its database: it counts the same however busy the machine is. */
record CpuTime(double jvmMs, double databaseMs) {

    static CpuTime now(Path dataDirectory) throws IOException {
        long postmaster = Long.parseLong(Files.readAllLines(dataDirectory.resolve("postgresql/cluster/postmaster.pid"))
                .get(0)
                .strip());
        Stream<ProcessHandle> database = ProcessHandle.of(postmaster).stream()
                .flatMap(main -> Stream.concat(Stream.of(main), main.descendants()));
        return new CpuTime(
                millis(ProcessHandle.current()),
                database.mapToDouble(CpuTime::millis).sum());
    }

    private static double millis(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e6;
    }

    /** What each of so many took since then. */
    CpuTime each(CpuTime since, int count) {
        return new CpuTime((jvmMs - since.jvmMs) / count, (databaseMs - since.databaseMs) / count);
    }
}
