package io.factotum.api.lifecycle;

import io.vertx.core.Future;
import java.util.UUID;

/** What a plugin does with the lifecycle events of its resources. Called on the plugin's context. */
public interface LifecycleHandler {

    /**
     * Carries out one event, or takes up again what an earlier delivery of the same event began.
     *
     * <p>The same event id may arrive again, with a higher {@link LifecycleEvent#attempt()}, after the host was killed
     * or has lost its lease; {@link LifecycleEvent#begun()} then tells whether the work may have begun. A handler must
     * not do the work twice: it looks at what is there, and answers {@link Outcome#LOST} when it cannot know.
     *
     * <p>Before the first step that has an effect outside, call
     * {@link io.factotum.api.store.RunStore#begin} and wait for it.
     *
     * @return the result, which the host commits. A failed future counts as {@link Outcome#FAILED} if the run had begun
     *     and as {@link Outcome#NOT_BEGUN} if it had not.
     */
    Future<LifecycleResult> handle(LifecycleEvent event);

    /**
     * What became of the run is on disk, that it ended or that it will be tried again: the moment to remove what was
     * kept for recovery. May be missed when the host is killed, so a sweep must find the same objects later. Not called
     * for an answer that came too late, when another delivery has the run.
     */
    default Future<Void> committed(UUID runId) {
        return Future.succeededFuture();
    }

    /** The same, for a handler that has to know of which try; as a rule the id is enough. Called in place of the other. */
    default Future<Void> committed(LifecycleEvent event) {
        return committed(event.id());
    }

    /**
     * Stops the work of a run that {@link #handle} has not answered yet; {@code handle} then answers
     * {@link Outcome#CANCELED}, or the true outcome if the work ended first. Unknown ids are ignored.
     */
    default Future<Void> cancel(UUID runId) {
        return Future.succeededFuture();
    }
}
