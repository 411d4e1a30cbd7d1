package io.factotum.scripts;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.factotum.api.store.RunStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A run log in memory. */
final class MemoryRuns implements RunStore {

    /** What {@link #begin} answers. */
    Future<Void> permission = Future.succeededFuture();

    /** Completes with what was saved first while a script ran. */
    final Promise<MemoryOutput.Text> saved = Promise.promise();

    /** What {@link #saveOutput} answers. */
    Future<Void> saving = Future.succeededFuture();

    final MemoryOutput output = new MemoryOutput();
    final List<String> begun = new CopyOnWriteArrayList<>();

    @Override
    public Future<Void> begin(LifecycleEvent event, String executor, String reference) {
        begun.add(executor + " " + reference);
        return permission;
    }

    @Override
    public Future<Optional<String>> reference(UUID runId) {
        return Future.succeededFuture(Optional.empty());
    }

    @Override
    public Future<Void> saveOutput(UUID runId, OutputUpdate update) {
        output.apply(update);
        saved.tryComplete(output.text());
        return saving;
    }

    @Override
    public Future<List<OutputSpan>> storedOutput(UUID runId) {
        return Future.succeededFuture(output.spans());
    }

    @Override
    public Future<Set<UUID>> unfinished(Collection<UUID> runIds) {
        return Future.succeededFuture(Set.copyOf(runIds));
    }
}
