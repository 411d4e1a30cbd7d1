package io.factotum.scripts;

import java.util.Collection;
import java.util.stream.Collectors;

/** How a message repeats what a script printed: masked first, then shortened, on one line. Immutable. */
final class Quote {

    private static final int MAX_CHARACTERS = 200;
    private static final int MAX_NAMES = 10;

    private final SecretMasker masker;

    Quote(SecretMasker masker) {
        this.masker = masker;
    }

    String of(String text) {
        String masked = masker.mask(text);
        boolean shorten = masked.codePointCount(0, Math.min(masked.length(), 2 * MAX_CHARACTERS + 2)) > MAX_CHARACTERS;
        String shown = shorten ? masked.substring(0, masked.offsetByCodePoints(0, MAX_CHARACTERS)) + "..." : masked;
        return shown.codePoints()
                .map(c -> Character.isISOControl(c) ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Some names, quoted; a long list is cut short. */
    String names(Collection<String> names) {
        String some =
                names.stream().limit(MAX_NAMES).map(n -> "'" + of(n) + "'").collect(Collectors.joining(", "));
        return names.size() > MAX_NAMES ? some + " and %d more".formatted(names.size() - MAX_NAMES) : some;
    }
}
