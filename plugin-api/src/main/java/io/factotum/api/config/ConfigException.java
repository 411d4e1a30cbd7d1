package io.factotum.api.config;

import java.util.List;

/** A configuration that cannot be used; the message has a line for each fault. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a line for each fault. */
    public ConfigException(List<String> faults) {
        super(String.join("\n", faults));
    }
}
