package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.NeverBegunException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.regex.Pattern;

/** What an error of a call to the engine means. */
final class EngineFault {

    /** An engine that is going down still answers, and its answers say nothing about the container. */
    private static final Pattern GOING_DOWN =
            Pattern.compile("code = Unavailable|transport is closing|shutting down|context canceled");

    private EngineFault() {}

    /** Whether the engine itself answered so for good; if not, what was asked may have happened or not. */
    static boolean isAnswer(Throwable cause) {
        return status(cause) > 0 && !GOING_DOWN.matcher(words(cause)).find();
    }

    static NeverBegunException notDelivered(String id, Throwable cause) {
        return new NeverBegunException(
                "script_not_delivered",
                "Cannot hand the script to container '" + id + "': " + words(cause)
                        + ". It has not begun and can be started again.",
                cause);
    }

    static ExecutionLostException lost(String id) {
        return new ExecutionLostException("Cannot tell how the script ended: container '" + id
                + "' is gone, and its result with it. Look at what the script made, then decide.");
    }

    /** Whether the engine has no container of this id or name any more. */
    static boolean isGone(Throwable cause, String idOrName) {
        return status(cause) == 404 && words(cause).contains("No such container: " + idOrName);
    }

    /**
     * Whether a container was not removed because it ended by itself just before it would have been killed: Docker 20.10
     * gives up then, with status 500. Another call finds it ended.
     */
    static boolean hasEndedMeanwhile(Throwable cause) {
        return status(cause) == 500 && words(cause).endsWith("is not running");
    }

    /** Whether a container was not removed because it runs, and not because it is being removed already. */
    static boolean isStillRunning(Throwable cause) {
        return status(cause) == 409 && !words(cause).contains("in progress");
    }

    /** The HTTP status of its answer; 0 if it gave none. */
    static int status(Throwable cause) {
        return cause instanceof DockerException answer ? answer.getHttpStatus() : 0;
    }

    /** The engine's own words, or else those of the innermost cause. */
    static String words(Throwable cause) {
        if (cause instanceof DockerException answer && answer.getMessage() != null) {
            return answered(answer.getMessage());
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return Objects.requireNonNullElse(root.getMessage(), root.getClass().getSimpleName());
    }

    // docker-java gives "Status 404: " and the answer's body, which is JSON as a rule.
    private static String answered(String message) {
        String body = message.replaceFirst("^Status \\d+: ", "");
        try {
            return new JsonObject(body).getString("message", body);
        } catch (DecodeException | ClassCastException e) {
            return body.strip();
        }
    }
}
