package io.factotum.scripts;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512m} is 512 mebibytes. */
final class ByteSize {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([kmgt]?)(i?b)?");

    private ByteSize() {}

    /** The bytes. @throws IllegalArgumentException saying what was expected */
    static long parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            String unit = matcher.group(2);
            int power = unit.isEmpty() ? 0 : "kmgt".indexOf(unit) + 1;
            long number = Long.parseLong(matcher.group(1));
            long bytes = number << (10 * power);
            if (bytes > 0 && bytes >> (10 * power) == number) {
                return bytes;
            }
        }
        throw new IllegalArgumentException("expected a size such as 512m or 2g");
    }
}
