package io.factotum.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.factotum.api.store.RunStore;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The run log of one run, in memory. */
final class MemoryRuns implements RunStore {

    final List<String> begun = new CopyOnWriteArrayList<>();
    final Map<Long, OutputChunk> output = new ConcurrentSkipListMap<>();

    /** What {@link #begin} answers. */
    volatile Future<Void> permission = Future.succeededFuture();

    String stdout() {
        StringBuilder text = new StringBuilder();
        output.values().forEach(chunk -> text.append(chunk.stdout().toString(UTF_8)));
        return text.toString();
    }

    String stderr() {
        StringBuilder text = new StringBuilder();
        output.values().forEach(chunk -> text.append(chunk.stderr().toString(UTF_8)));
        return text.toString();
    }

    @Override
    public Future<Void> begin(LifecycleEvent event, String executor, String reference) {
        begun.add(executor + ": " + reference);
        return permission;
    }

    @Override
    public Future<Optional<String>> reference(UUID runId) {
        return Future.succeededFuture(Optional.empty());
    }

    @Override
    public Future<Void> saveOutput(UUID runId, OutputUpdate update) {
        output.keySet().removeIf(seq -> seq < update.firstSeq());
        update.chunks().forEach(chunk -> output.put(chunk.seq(), chunk));
        return Future.succeededFuture();
    }

    @Override
    public Future<List<OutputSpan>> storedOutput(UUID runId) {
        return Future.succeededFuture(output.values().stream()
                .map(chunk -> new OutputSpan(
                        chunk.seq(),
                        chunk.stdoutAt(),
                        chunk.stdoutEnd(),
                        chunk.stdout().length(),
                        chunk.stderrAt(),
                        chunk.stderrEnd(),
                        chunk.stderr().length()))
                .toList());
    }

    @Override
    public Future<Set<UUID>> unfinished(Collection<UUID> runIds) {
        return Future.succeededFuture(Set.copyOf(runIds));
    }
}
