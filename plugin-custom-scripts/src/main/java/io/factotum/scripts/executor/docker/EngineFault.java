package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/** What an error of a call to the engine means. */
final class EngineFault {

    private EngineFault() {}

    /** Whether the engine itself answered so; if not, what was asked may have happened or not. */
    static boolean isAnswer(Throwable cause) {
        return status(cause) > 0;
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
