package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/** An answer of the API server that is an error. */
final class ApiFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    ApiFault(int status, String body) {
        super(words(status, body));
        this.status = status;
    }

    /** The HTTP status of the answer; 0 if there was none. */
    static int status(Throwable cause) {
        return cause instanceof ApiFault fault ? fault.status : 0;
    }

    /** Whether the server understood what was asked and will not do it, however often it is asked. */
    static boolean isRefusal(Throwable cause) {
        int status = status(cause);
        return status >= 400 && status < 500 && status != 401 && status != 408 && status != 429 && !isQuota(cause);
    }

    private static boolean isQuota(Throwable cause) {
        return words(cause).contains("exceeded quota");
    }

    /** The server's own words, or else those of the innermost cause. */
    static String words(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && !(root instanceof ApiFault)) {
            root = root.getCause();
        }
        return Objects.requireNonNullElse(root.getMessage(), root.getClass().getSimpleName());
    }

    private static String words(int status, String body) {
        try {
            String message = new JsonObject(body).getString("message");
            if (message != null && !message.isBlank()) {
                return message;
            }
        } catch (DecodeException | ClassCastException notJson) {
            // Told as it is.
        }
        return "status " + status + (body.isBlank() ? "" : ": " + body.strip());
    }
}
