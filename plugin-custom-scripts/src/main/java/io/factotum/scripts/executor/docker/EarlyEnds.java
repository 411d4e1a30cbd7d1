package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends that the engine's events tell of: a wait is answered only when the container's network is taken down, which can
 * take longer than the script. An event may be missed, so the wait is asked for all the same.
 */
final class EarlyEnds implements Consumer<Event> {

    static final String ACTION = "die";

    private static final String EXIT_CODE = "exitCode";

    private final Map<String, Promise<Integer>> awaited = new ConcurrentHashMap<>();

    /** Completes the code, on the events' thread, if its container is said to have ended well. */
    void await(String id, Promise<Integer> code) {
        awaited.put(id, code);
        code.future().onComplete(known -> awaited.remove(id, code));
    }

    // What ended otherwise is looked at next, and until the wait is answered the engine may say that it runs.
    @Override
    public void accept(Event event) {
        EventActor actor = event.getActor();
        if (actor == null || !ACTION.equals(event.getAction()) || !"0".equals(exitCode(actor))) {
            return;
        }
        Promise<Integer> code = awaited.get(String.valueOf(actor.getId()));
        if (code != null) {
            code.tryComplete(0);
        }
    }

    private static @Nullable String exitCode(EventActor actor) {
        Map<String, String> attributes = actor.getAttributes();
        return attributes == null ? null : attributes.get(EXIT_CODE);
    }
}
