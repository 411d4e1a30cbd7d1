package io.factotum.host.plugin;

import java.util.List;

/** A whole jar that is not a plugin this host can load; the message has a line for each fault. */
final class RejectedJarException extends Exception {

    private static final long serialVersionUID = 1L;

    RejectedJarException(List<String> faults) {
        super(String.join("\n", faults), null, false, false);
    }

    RejectedJarException(String fault) {
        this(List.of(fault));
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
