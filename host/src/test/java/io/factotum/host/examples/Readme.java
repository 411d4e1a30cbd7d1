package io.factotum.host.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The walk-through in examples/README.md. */
final class Readme {

    private static final Pattern SHELL_BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");

    private final String text;

    Readme() throws IOException {
        text = Files.readString(Repository.ROOT.resolve("examples/README.md"));
    }

    /** The commands of a section, in their order. */
    String commands(String heading) {
        String section = sections()
                .filter(candidate -> candidate.startsWith(heading + "\n"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("examples/README.md has no section '" + heading + "'"));
        List<String> blocks = SHELL_BLOCK
                .matcher(section)
                .results()
                .map(block -> block.group(1))
                .toList();
        return String.join("", blocks);
    }

    private Stream<String> sections() {
        return Stream.of(text.split("(?m)^## "));
    }
}
