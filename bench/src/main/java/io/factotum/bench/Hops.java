package io.factotum.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where an order's time goes: what this JVM saw, what the database has stored and what the engine told, on the one clock
 * of the machine. A time stored by a transaction is that of its begin.
 */
final class Hops {

    private static final String TIMES =
            "SELECT created_at, first_claimed_at, begun_at, started_at, ended_at, finished_at FROM runs WHERE id = ?";

    private final Map<Integer, Map<String, List<Double>>> byConcurrency = new TreeMap<>();
    private final Path postgresql;
    private final EngineEvents events;

    /** One order as its sender saw it: when it was submitted, and milliseconds from there. */
    record Seen(UUID run, long submittedAt, double acceptedMs, double committedMs) {}

    Hops(Path dataDirectory, EngineEvents events) {
        this.postgresql = dataDirectory.resolve("postgresql");
        this.events = events;
    }

    static long epochNanos() {
        return nanos(Instant.now());
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    /** Takes in orders that were placed at that concurrency. */
    void add(int atOnce, List<Seen> orders) throws SQLException, IOException {
        String url = "jdbc:postgresql://127.0.0.1:%s/postgres"
                .formatted(Files.readString(postgresql.resolve("port")).strip());
        String password = Files.readString(postgresql.resolve("password")).strip();
        try (Connection connection = DriverManager.getConnection(url, "postgres", password);
                PreparedStatement times = connection.prepareStatement(TIMES)) {
            for (Seen order : orders) {
                times.setObject(1, order.run());
                try (ResultSet row = times.executeQuery()) {
                    row.next();
                    add(atOnce, order, row);
                }
            }
        }
    }

    private void add(int atOnce, Seen order, ResultSet row) throws SQLException {
        Map<String, Long> engine = events.times(order.run());
        Map<String, @Nullable Long> hops = new LinkedHashMap<>();
        hops.put("order written (transaction begins)", stored(row, "created_at"));
        hops.put("accepted", after(order, order.acceptedMs()));
        hops.put("claimed (transaction begins)", stored(row, "first_claimed_at"));
        hops.put("engine: created", engine.get("create"));
        hops.put("engine: attached", engine.get("attach"));
        hops.put("marked as begun", stored(row, "begun_at"));
        hops.put("engine: started", engine.get("start"));
        hops.put("start answered", stored(row, "started_at"));
        hops.put("engine: ended", engine.get("die"));
        hops.put("end and output seen", stored(row, "ended_at"));
        hops.put("result stored (transaction begins)", stored(row, "finished_at"));
        hops.put("committed, as seen on the bus", after(order, order.committedMs()));
        hops.put("engine: removed", engine.get("destroy"));
        long accepted = after(order, order.acceptedMs());
        hops.forEach((hop, nanos) -> {
            if (nanos != null) {
                byConcurrency
                        .computeIfAbsent(atOnce, key -> new LinkedHashMap<>())
                        .computeIfAbsent(hop, key -> new ArrayList<>())
                        .add(Lap.millis(accepted, nanos));
            }
        });
    }

    private static long after(Seen order, double millis) {
        return order.submittedAt() + Math.round(millis * 1e6);
    }

    private static @Nullable Long stored(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : nanos(time.toInstant());
    }

    /** Median milliseconds after acceptance by hop, by concurrency. */
    Map<Integer, Map<String, Double>> medians() {
        Map<Integer, Map<String, Double>> medians = new TreeMap<>();
        byConcurrency.forEach((atOnce, hops) -> medians.put(atOnce, Quantile.medians(hops)));
        return medians;
    }
}
