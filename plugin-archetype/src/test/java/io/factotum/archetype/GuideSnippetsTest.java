package io.factotum.archetype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide's Java is quoted from code that is compiled and tested: the generated project, and the testkit's tests. */
class GuideSnippetsTest {

    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();

    @Test
    void everyPieceOfJavaInTheGuideIsCodeThatIsCompiled() throws IOException {
        List<String> code = Stream.of(
                        "plugin-archetype/src/main/resources/archetype-resources/src",
                        "plugin-testkit/src/test/java/example")
                .flatMap(GuideSnippetsTest::sources)
                .toList();
        List<String> pieces = Guide.java(REPOSITORY);
        assertThat(pieces).hasSizeGreaterThan(10);
        assertThat(pieces).allSatisfy(piece -> assertThat(code)
                .as("sources with\n%s", piece)
                .anyMatch(source -> source.contains(withoutBlanks(piece))));
    }

    private static Stream<String> sources(String directory) {
        try (Stream<Path> files = Files.walk(REPOSITORY.resolve(directory))) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .map(GuideSnippetsTest::read)
                    .toList()
                    .stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String read(Path file) {
        try {
            return withoutBlanks(Files.readString(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    // The formatter breaks lines of the sources, which are not those of the guide.
    private static String withoutBlanks(String text) {
        return text.replaceAll("\\s", "");
    }
}
