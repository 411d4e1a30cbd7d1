package io.factotum.api.store;

import io.factotum.api.annotation.ImplementedByHost;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a handler tells the host about a run while it is under way. Futures complete on the caller's context. */
@ImplementedByHost
public interface RunStore {

    /**
     * Says that from now on the work of this delivery may begin. It is on disk when the future completes, and each later
     * delivery of the run has {@link LifecycleEvent#begun()} set.
     *
     * @param executor what carries it out, for people: {@code docker}
     * @param reference what it is called there: a container's name
     * @return fails with {@link StaleDeliveryException} when another delivery has taken the run over, or it was canceled:
     *     then nothing may begin. A lost connection is retried.
     */
    Future<Void> begin(LifecycleEvent event, String executor, String reference);

    /** The reference that the latest {@link #begin} of a run has put on record; empty if it has not begun. */
    Future<Optional<String>> reference(UUID runId);

    /**
     * Keeps what has been printed so far, so that it can be read and followed while the run goes on. Completes when it is
     * stored; with the result of the run it is on disk. Nothing is stored of a run that this host does not carry out any
     * more. A lost connection is retried.
     */
    Future<Void> saveOutput(UUID runId, OutputUpdate update);

    /** What is stored of the output of a run, in order: for who takes it up again. */
    Future<List<OutputSpan>> storedOutput(UUID runId);

    /** Those of the given runs whose result is not stored yet. */
    Future<Set<UUID>> unfinished(Collection<UUID> runIds);
}
