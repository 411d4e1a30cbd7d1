package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import java.time.Duration;

/**
 * Follows a container that has its script, by one stream of its output, until it has ended or cannot be followed any more.
 * The end is told in the stream, or else by the engine once the stream has ended; where neither does, a look now and then
 * tells of it.
 */
final class Following {

    /** How long the wrapper may take to say that it has everything. */
    private static final Duration HANDOVER_TIMEOUT = Duration.ofMinutes(1);
    /** How long after one of "ended" and "all output is here" the other is waited for. */
    static final Duration STRAGGLER = Duration.ofSeconds(5);
    /** The net below an answer that never comes. */
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(30);

    /** Whose container it is. Nothing is told any more once the listening has been stopped. */
    interface Follower {

        void begun(Listening listening);

        /** The script should have begun by now. */
        void overdue();

        /** The streams have told the script's end, and all its output has been passed on. */
        void told(int code);

        /** The engine has told the container's end, and all its output has been passed on. */
        void ended(Listening listening, int code, ContainerState state);

        /** The container is gone. */
        void gone();

        /** It has to be looked at what has become of the container. */
        void look();

        /** The same, because of a fault. */
        void lookAgain(Throwable cause);
    }

    private final DockerEngine engine;
    private final String id;
    private final Listening listening;
    private final Follower follower;
    private boolean ending;

    Following(DockerEngine engine, String id, Listening listening, Follower follower) {
        this.engine = engine;
        this.id = id;
        this.listening = listening;
        this.follower = follower;
    }

    void start() {
        MarkedOutput output = listening.output();
        output.begun().onSuccess(v -> follower.begun(listening));
        output.ended().onSuccess(listening.unlessStopped(follower::told));
        listening
                .ended()
                .onSuccess(listening.unlessStopped(v -> awaitEnd()))
                .onFailure(listening.unlessStopped(follower::lookAgain));
        listening.every(LOOK_INTERVAL, this::lookWhetherItRuns);
        listening.after(HANDOVER_TIMEOUT, follower::overdue);
    }

    // Asked only now: most scripts tell their end in the stream, and then nobody need ask.
    private void awaitEnd() {
        lookSoon();
        engine.awaitEnd(id)
                .onSuccess(listening.unlessStopped(this::ended))
                .onFailure(listening.unlessStopped(follower::lookAgain));
    }

    private void lookSoon() {
        listening.after(STRAGGLER, () -> {
            if (!ending) {
                follower.look();
            }
        });
    }

    private void lookWhetherItRuns() {
        engine.inspect(id).onSuccess(listening.unlessStopped(found -> {
            if (!found.map(it -> ContainerExit.isRunning(it.getState())).orElse(false)) {
                lookSoon();
            }
        }));
    }

    private void ended(int code) {
        ending = true;
        if (listening.readsLog()) {
            // What has no mark of its end may have lost more; read afterwards, a log is whole.
            follower.look();
            return;
        }
        engine.inspect(id)
                .onSuccess(listening.unlessStopped(found ->
                        found.ifPresentOrElse(it -> follower.ended(listening, code, it.getState()), follower::gone)))
                .onFailure(listening.unlessStopped(follower::lookAgain));
    }
}
