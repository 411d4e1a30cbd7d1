package io.factotum.scripts.executor.docker;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Containers that wait for a run.
 *
 * @param counts how many for each program at most; none for those that are not named
 * @param maximumAge for how long one waits, and one is made again for what no run has asked for
 * @param slots how many containers there may be at once, running and waiting together: those that wait make room
 */
public record WarmSettings(Map<Program, Integer> counts, Duration maximumAge, int slots) {

    /** None at all. */
    public static final WarmSettings NONE = new WarmSettings(Map.of(), Duration.ofMinutes(30), 8);

    /** What runs scripts. */
    public record Program(String image, List<String> command) {

        /** Copies the command. */
        public Program {
            command = List.copyOf(command);
        }
    }

    /** Copies the counts. */
    public WarmSettings {
        counts = Map.copyOf(counts);
    }

    boolean areWanted() {
        return counts.values().stream().anyMatch(count -> count > 0);
    }

    int count(WarmKind kind) {
        return counts.getOrDefault(new Program(kind.image(), kind.command()), 0);
    }
}
