package io.factotum.scripts.executor;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** How a run's id is written in the names of what is made for it. */
public final class RunName {

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");

    private RunName() {}

    /** The id as 32 hex digits. */
    public static String hex(UUID runId) {
        return runId.toString().replace("-", "");
    }

    /** The id that 32 hex digits stand for; empty if the text is something else. */
    public static Optional<UUID> parse(String hex) {
        if (!HEX.matcher(hex).matches()) {
            return Optional.empty();
        }
        long high = Long.parseUnsignedLong(hex.substring(0, 16), 16);
        long low = Long.parseUnsignedLong(hex.substring(16), 16);
        return Optional.of(new UUID(high, low));
    }
}
