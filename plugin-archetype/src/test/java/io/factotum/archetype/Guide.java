package io.factotum.archetype;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** docs/plugin-guide.md, by its blocks. */
final class Guide {

    private Guide() {}

    /** All commands, in order. */
    static String commands(Path repository) throws IOException {
        return String.join("\n", blocks(repository, "sh"));
    }

    /** All pieces of Java. */
    static List<String> java(Path repository) throws IOException {
        return blocks(repository, "java");
    }

    private static List<String> blocks(Path repository, String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(repository.resolve("docs/plugin-guide.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
