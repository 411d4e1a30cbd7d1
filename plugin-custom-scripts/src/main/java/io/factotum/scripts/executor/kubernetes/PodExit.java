package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.Exit;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Tells from the last sights of a Pod and its Job how a script ended. */
final class PodExit {

    /** The code by which docker's own commands say that it was not the script's; ours here too. */
    static final int CLUSTER_FAULT_CODE = 125;

    /** Said of a Pod that should have ended long ago, and of which its node says nothing. */
    static final String NODE_LOST = "The node of the script's Pod was lost: it does not say how the script ended, and"
            + " there it may still run. Look at what the script made.";

    private static final int KILLED = 137;

    private PodExit() {}

    /** The same for a Pod whose log has been read: it may tell that the script never came to begin. */
    static Exit of(
            @Nullable PodSight pod,
            @Nullable JobSight job,
            LogDemux printed,
            Exit.@Nullable Reason stopReason,
            @Nullable String fault,
            Instant startedAt) {
        PodSight.End end = pod == null ? null : pod.end();
        if (end != null && !printed.hasBegun() && (end.code() == PodWrapper.UNUSABLE || PodSight.isStartError(end))) {
            return refused(end.code(), printed.wrapperWords().isEmpty() ? end.message() : printed.wrapperWords());
        }
        if (!printed.hasBegun() && !printed.wrapperWords().isEmpty()) {
            printed.headIsLost();
        }
        return of(pod, job, printed.end(), stopReason, fault, startedAt);
    }

    /**
     * The end of a script that has begun.
     *
     * @param printed the exit code that the log tells; asked only where the Pod has none
     * @param stopReason why we stopped it; null if we did not
     * @param fault why it was given up; null if it was not
     */
    static Exit of(
            @Nullable PodSight pod,
            @Nullable JobSight job,
            OptionalInt printed,
            Exit.@Nullable Reason stopReason,
            @Nullable String fault,
            Instant startedAt) {
        PodSight.End end = pod == null ? null : pod.end();
        int code = end == null ? printed.orElse(KILLED) : end.code();
        Instant finishedAt = end == null ? Instant.now() : end.finishedAt();
        if (fault != null) {
            return new Exit(Exit.Reason.ENGINE_FAULT, code, startedAt, finishedAt, fault);
        }
        Exit.Reason stopped = stopReason != null ? stopReason : job == null ? null : job.stopReason();
        if (stopped != null) {
            return new Exit(stopped, code, startedAt, finishedAt, "");
        }
        if (end != null && code != 0 && "OOMKilled".equals(end.reason())) {
            return new Exit(Exit.Reason.OUT_OF_MEMORY, code, startedAt, finishedAt, "It used more memory than it may.");
        }
        if (pod != null && end != null && "ContainerStatusUnknown".equals(end.reason()) && printed.isEmpty()) {
            return new Exit(
                    Exit.Reason.ENGINE_FAULT,
                    code,
                    startedAt,
                    finishedAt,
                    pod.reason().isEmpty() ? "The node has lost the script's container: " + end.message() : ended(pod));
        }
        if (printed.isPresent() && (end == null || end.code() == printed.getAsInt())) {
            return new Exit(Exit.Reason.EXITED, printed.getAsInt(), startedAt, finishedAt, signal(code));
        }
        if (job != null && "DeadlineExceeded".equals(job.failure())) {
            return new Exit(
                    Exit.Reason.TIMED_OUT,
                    code,
                    startedAt,
                    finishedAt,
                    "The cluster ended it: it ran longer than kubernetes.running-timeout.");
        }
        if (pod != null && !pod.reason().isEmpty()) {
            return new Exit(Exit.Reason.ENGINE_FAULT, code, startedAt, finishedAt, ended(pod));
        }
        if (end == null) {
            return new Exit(
                    Exit.Reason.ENGINE_FAULT,
                    code,
                    startedAt,
                    finishedAt,
                    "The script's Pod was deleted from outside, or its node was lost, while it ran.");
        }
        return new Exit(Exit.Reason.EXITED, code, startedAt, finishedAt, signal(code));
    }

    /** The end of what never came to run the script, with the words of whoever knows why. */
    static Exit refused(int code, String reason) {
        Instant now = Instant.now();
        return new Exit(Exit.Reason.ENGINE_FAULT, code, now, now, "Cannot run the script: " + reason);
    }

    private static String ended(PodSight pod) {
        String what =
                switch (pod.reason()) {
                    case "Evicted", "TerminationByKubelet" -> "The node evicted the script's Pod";
                    case "NodeLost", "DeletionByTaintManager", "DeletionByPodGC" ->
                        "The node of the script's Pod was lost";
                    case "Terminated", "Shutdown", "NodeShutdown" -> "The node of the script's Pod was shut down";
                    case "Preempted", "Preempting", "PreemptionByScheduler" ->
                        "A Pod of higher priority took the place of the script's Pod";
                    case "EvictionByEvictionAPI" -> "The script's Pod was evicted, as when its node is drained";
                    default -> "The cluster ended the script's Pod";
                };
        return what + " (" + pod.reason() + ")" + (pod.message().isEmpty() ? "." : ": " + pod.message());
    }

    private static String signal(int code) {
        return code == 137 || code == 143
                ? "Signal " + (code - 128) + " ended it, sent by itself or from outside, not by this host."
                : "";
    }
}
