package io.factotum.host.plugin;

import io.factotum.api.config.ConfigException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeoutException;

/**
 * What a plugin's exception said, as text alone: the exception itself would keep the plugin's classes alive for as long
 * as anybody keeps the failure.
 */
final class PluginFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_CAUSES = 8;

    private final String trace;

    private PluginFailure(String text, String trace) {
        super(text, null, false, false);
        this.trace = trace;
    }

    static PluginFailure of(String cannot, Throwable thrown) {
        if (thrown instanceof PluginFailure already) {
            return already;
        }
        return new PluginFailure(cannot + ": " + text(thrown), trace(thrown));
    }

    String text() {
        return String.valueOf(getMessage());
    }

    /** For the log: the stack trace of what was thrown. */
    String trace() {
        return trace;
    }

    private static String text(Throwable thrown) {
        StringBuilder text = new StringBuilder(line(thrown));
        Throwable cause = thrown.getCause();
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            text.append(" Caused by: ").append(line(cause));
            cause = cause.getCause();
        }
        return text.toString();
    }

    private static String line(Throwable thrown) {
        String message;
        try {
            message = thrown.getMessage();
        } catch (RuntimeException | LinkageError itsOwnCodeFails) {
            message = null;
        }
        // These two are made for people.
        if (message != null && (thrown instanceof ConfigException || thrown instanceof TimeoutException)) {
            return message;
        }
        return thrown.getClass().getName() + (message == null ? "" : ": " + message);
    }

    private static String trace(Throwable thrown) {
        try {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            return trace.toString();
        } catch (RuntimeException | LinkageError itsOwnCodeFails) {
            return thrown.getClass().getName();
        }
    }
}
