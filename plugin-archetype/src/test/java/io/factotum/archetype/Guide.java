package io.factotum.archetype;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** docs/plugin-guide.md, whose commands are run as they stand there. */
final class Guide {

    private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    private Guide() {}

    /** All of them, in order. */
    static String commands(Path repository) throws IOException {
        return SHELL.matcher(Files.readString(repository.resolve("docs/plugin-guide.md")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .collect(Collectors.joining("\n"));
    }
}
