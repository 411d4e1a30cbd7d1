package io.factotum.scripts.executor.docker;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** When the image of a run is pulled. */
public enum PullPolicy {
    /** When the engine has not got it. */
    MISSING,
    /** Before each run: the registry is asked whether there is a newer one under that name. */
    ALWAYS,
    /** Never: what the engine has not got cannot run. */
    NEVER;

    /** The names in configuration. */
    public static List<String> keys() {
        return Arrays.stream(values()).map(PullPolicy::key).toList();
    }

    /** Of its name in configuration. */
    public static PullPolicy ofKey(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT));
    }

    /** The name in configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
