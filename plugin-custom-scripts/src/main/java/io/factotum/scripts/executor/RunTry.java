package io.factotum.scripts.executor;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One try of a run: what an executor knows its work by. A run whose event may be repeated can end more than once, and what
 * an earlier try has left must not pass for the next.
 *
 * @param run the run's id
 * @param number of the try, from 1; the same as long as the script has not begun
 */
public record RunTry(UUID run, int number) {

    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})([0-9a-f]{16})(?:-([1-9][0-9]{0,8}))?");

    /** A run's first. */
    public static RunTry first(UUID run) {
        return new RunTry(run, 1);
    }

    /** As it is written in the names of what is made for it: the run's id as 32 hex digits, with {@code -2} for a second try. */
    public String name() {
        String hex = run.toString().replace("-", "");
        return number == 1 ? hex : hex + "-" + number;
    }

    /** What a {@link #name} stands for; empty if the text is something else. */
    public static Optional<RunTry> parse(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long high = Long.parseUnsignedLong(parts.group(1), 16);
        long low = Long.parseUnsignedLong(parts.group(2), 16);
        String number = parts.group(3);
        return Optional.of(new RunTry(new UUID(high, low), number == null ? 1 : Integer.parseInt(number)));
    }

    /** The run's id, with {@code -2} for a second try. */
    @Override
    public String toString() {
        return number == 1 ? run.toString() : run + "-" + number;
    }
}
