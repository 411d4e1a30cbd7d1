package io.factotum.api.lifecycle;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The lifecycle events of a resource. */
public enum EventType {
    /** The resource is to be made. */
    CREATE,
    /** Its plan, its limits or both change. */
    UPDATE,
    /** It is to be removed. */
    TERMINATE,
    /** Its usage and report are to be read; comes regularly, and never changes the resource's state. */
    PULL;

    /** The name used in JSON, in bus addresses and in scripts: {@code create}, {@code update} and so on. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The CloudEvents type: {@code io.factotum.resource.create} and so on. */
    public String cloudEventType() {
        return "io.factotum.resource." + key();
    }

    /** The event type with that {@link #key()}, if there is one. */
    public static Optional<EventType> ofKey(String key) {
        return Arrays.stream(values()).filter(type -> type.key().equals(key)).findFirst();
    }
}
