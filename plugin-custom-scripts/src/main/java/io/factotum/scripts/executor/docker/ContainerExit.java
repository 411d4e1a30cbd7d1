package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import io.factotum.scripts.executor.Exit;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells from a container's last state how its script ended. */
final class ContainerExit {

    /** The code by which docker's own commands say that it was not the script's. */
    static final int ENGINE_FAULT_CODE = 125;

    /** What an engine says of the last end of a container that has not ended yet. */
    static final String NEVER = "0001-01-01T00:00:00Z";

    private static final int SIGNALED = 128;
    /** What ends containers when an engine shuts down: TERM, and KILL after it. */
    private static final Set<Integer> SHUTDOWN_CODES = Set.of(SIGNALED + 15, SIGNALED + 9);
    /** What an engine says of a container whose end it did not see. */
    private static final int UNSEEN = 255;

    private ContainerExit() {}

    /**
     * The end of a script that has begun.
     *
     * @param stopReason why we stopped it; null if we did not
     * @param engineLost whether the engine went away meanwhile
     */
    static Exit of(
            ContainerState state, int code, Exit.@Nullable Reason stopReason, boolean engineLost, Instant startedAt) {
        Instant finishedAt = instant(state.getFinishedAt(), Instant.now());
        if (stopReason != null) {
            return new Exit(stopReason, code, startedAt, finishedAt, "");
        }
        if (code != 0 && Boolean.TRUE.equals(state.getOOMKilled())) {
            return new Exit(Exit.Reason.OUT_OF_MEMORY, code, startedAt, finishedAt, "It used more memory than it may.");
        }
        if (engineLost && (SHUTDOWN_CODES.contains(code) || code == UNSEEN)) {
            String message = "The engine was stopped or restarted while the script ran, and ended it.";
            return new Exit(Exit.Reason.ENGINE_FAULT, code, startedAt, finishedAt, message);
        }
        return new Exit(Exit.Reason.EXITED, code, startedAt, finishedAt, signalMessage(code));
    }

    /** The end of what never came to run the script, with the words of whoever knows why. */
    static Exit refused(int code, String reason) {
        Instant now = Instant.now();
        return new Exit(Exit.Reason.ENGINE_FAULT, code, now, now, "Cannot run the script: " + reason);
    }

    /** Whether nothing but a signal from outside can have ended the wrapper with this code. */
    static boolean isShutdown(int code) {
        return SHUTDOWN_CODES.contains(code) || code == UNSEEN;
    }

    static boolean isCreated(ContainerState state) {
        return "created".equals(state.getStatus());
    }

    static boolean isRunning(ContainerState state) {
        return Boolean.TRUE.equals(state.getRunning());
    }

    static int code(ContainerState state) {
        return Objects.requireNonNullElse(state.getExitCodeLong(), (long) ENGINE_FAULT_CODE)
                .intValue();
    }

    /** When it ended last; an engine keeps that when it starts it again. */
    static String lastEnd(ContainerState state) {
        return Objects.requireNonNullElse(state.getFinishedAt(), NEVER);
    }

    static Instant instant(@Nullable String time, Instant otherwise) {
        try {
            return Instant.parse(Objects.requireNonNullElse(time, ""));
        } catch (DateTimeException e) {
            return otherwise;
        }
    }

    private static String signalMessage(int code) {
        return SHUTDOWN_CODES.contains(code)
                ? "Signal " + (code - SIGNALED) + " ended it, sent by itself or from outside, not by this host."
                : "";
    }
}
