package io.factotum.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Follows the engine's events: when each step of a run's container was done, by the engine's own clock. */
final class EngineEvents implements AutoCloseable {

    private static final String FILTER = "{\"type\":[\"container\"],\"label\":[\"factotum.io/install\"]}";

    /** A container has it at the latest when a run has begun in it. */
    private static final Pattern NAME = Pattern.compile("factotum-(.{8})(.{4})(.{4})(.{4})([0-9a-f]{12})");

    private final UnixHttp http;
    private final Map<UUID, Map<String, Long>> times = new ConcurrentHashMap<>();
    private final Map<UUID, CompletableFuture<Long>> removed = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final StringBuilder rest = new StringBuilder();

    EngineEvents(Engine engine) throws IOException {
        this.http = engine.newConnection();
        Thread thread = new Thread(this::follow, "engine-events");
        thread.setDaemon(true);
        thread.start();
        opened.join();
    }

    /** Completes with {@link System#nanoTime()} when the engine has told that the run's container is gone. */
    CompletableFuture<Long> removed(UUID run) {
        return removed.computeIfAbsent(run, id -> new CompletableFuture<>());
    }

    /** Nanoseconds since 1970 by action: {@code create}, {@code attach}, {@code start}, {@code die}, {@code destroy}. */
    Map<String, Long> times(UUID run) {
        return times.getOrDefault(run, Map.of());
    }

    private void follow() {
        String path = Engine.path("/events?filters=" + URLEncoder.encode(FILTER, StandardCharsets.UTF_8));
        try {
            http.follow(path, () -> opened.complete(null), this::piece);
        } catch (IOException closed) {
            opened.completeExceptionally(new UncheckedIOException(closed));
        }
    }

    private void piece(byte[] bytes) {
        rest.append(new String(bytes, StandardCharsets.UTF_8));
        for (int end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
            event(new JsonObject(rest.substring(0, end)));
            rest.delete(0, end + 1);
        }
    }

    private void event(JsonObject event) {
        long now = System.nanoTime();
        JsonObject attributes = event.getJsonObject("Actor").getJsonObject("Attributes");
        String action = event.getString("Action");
        Matcher name = NAME.matcher(attributes.getString("name", ""));
        if (!name.matches()) {
            return;
        }
        UUID run = UUID.fromString(name.replaceFirst("$1-$2-$3-$4-$5"));
        times.computeIfAbsent(run, id -> new ConcurrentHashMap<>()).put(action, event.getLong("timeNano"));
        if (action.equals("destroy")) {
            removed(run).complete(now);
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
