package io.factotum.host.output;

import io.factotum.host.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of each stream a reader has seen, in bytes. As text it is the id of an event: {@code 120-7}. */
public record OutputPosition(long stdout, long stderr) {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

    /** From its text. */
    public static OutputPosition parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new Refusal(
                    400,
                    "invalid_request",
                    "Cannot read on after '%s': that is no id of an event. Expected one that was sent, such as 120-7."
                            .formatted(text));
        }
        return new OutputPosition(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
    }

    @Override
    public String toString() {
        return stdout + "-" + stderr;
    }
}
