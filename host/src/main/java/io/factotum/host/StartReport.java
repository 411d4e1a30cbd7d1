package io.factotum.host;

import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the time of a start goes into, step by step; the first is the JVM's own. */
final class StartReport {

    private final Map<String, Duration> steps = new LinkedHashMap<>();
    private final Instant processStart =
            Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());

    StartReport() {
        steps.put("JVM and configuration", Duration.between(processStart, Instant.now()));
    }

    /** Times a step from its call to its end. */
    <T> Future<T> step(String name, Supplier<Future<T>> work) {
        Instant begin = Instant.now();
        return work.get().onSuccess(done -> steps.put(name, Duration.between(begin, Instant.now())));
    }

    @Override
    public String toString() {
        return "%s: %s"
                .formatted(
                        seconds(Duration.between(processStart, Instant.now())),
                        steps.entrySet().stream()
                                .map(step -> step.getKey() + " " + seconds(step.getValue()))
                                .collect(Collectors.joining(", ")));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
