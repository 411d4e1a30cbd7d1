package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultLineTest {

    @Test
    void nothingPrintedIsNoLine() {
        assertThat(find("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n\r\n", "  \n\t\n \u000b\f", "   ", "\r"})
    void blankLinesAreNoLine(String printed) {
        assertThat(find(printed)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"first\nlast", "first\nlast\n", "first\r\nlast\r\n", "first\nlast\n\n  \n\r\n\t", "\nlast\n"})
    void theLastLineThatIsNotBlankIsFound(String printed) {
        assertThat(find(printed).orElseThrow().text().strip()).isEqualTo("last");
    }

    @Test
    void aLoneCarriageReturnDoesNotEndALine() {
        assertThat(find("one\rtwo\r\n").orElseThrow().text()).isEqualTo("one\rtwo");
    }

    @Test
    void aLineWithoutItsEndIsToldApart() {
        assertThat(find("abc\n").orElseThrow().ended()).isTrue();
        assertThat(find("abc\ndef").orElseThrow().ended()).isFalse();
    }

    @Test
    void charactersThatAreSplitBetweenPiecesAreWhole() {
        byte[] bytes = "größe-€-😀\n".getBytes(UTF_8);
        ResultLine line = new ResultLine();
        for (int i = 0; i < bytes.length; i++) {
            line.append(bytes, i, 1);
        }
        assertThat(line.find().orElseThrow().text()).isEqualTo("größe-€-😀");
    }

    @Test
    void bytesThatAreNotUtf8AreShownAsReplacementCharacters() {
        ResultLine line = new ResultLine();
        line.append(new byte[] {'a', (byte) 0xff, 'b'}, 0, 3);
        assertThat(line.find().orElseThrow().text()).isEqualTo("a\uFFFDb");
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "100, true"})
    void aLineOfMoreThanOneMebibyteIsTooLong(int more, boolean tooLong) {
        for (String end : List.of("", "\n", "\r\n")) {
            String printed = "x".repeat(ResultLine.MAX_BYTES + more) + end;
            assertThat(find(printed).orElseThrow().tooLong()).isEqualTo(tooLong);
        }
    }

    @Test
    void aLineOfAHundredMegabytesIsNotKept() {
        ResultLine line = new ResultLine();
        byte[] piece = new byte[1024];
        Arrays.fill(piece, (byte) 'x');
        for (int i = 0; i < 100_000; i++) {
            line.append(piece, 0, piece.length);
        }
        assertThat(line.find().orElseThrow().tooLong()).isTrue();
        assertThat(line.find().orElseThrow().text()).hasSize(ResultLine.MAX_BYTES);
        line.append("\nshort\n".getBytes(UTF_8), 0, 7);
        assertThat(line.find().orElseThrow()).isEqualTo(new ResultLine.Line("short", false, true));
    }

    @Test
    void aLongBlankLineAfterTheResultIsIgnored() {
        assertThat(find("id\n" + " ".repeat(3 << 20) + "\n").orElseThrow().text())
                .isEqualTo("id");
    }

    @Test
    void resetForgetsEverything() {
        ResultLine line = new ResultLine();
        line.append("one\ntwo".getBytes(UTF_8), 0, 7);
        line.reset();
        assertThat(line.find()).isEmpty();
    }

    @Test
    void anyChunkingOfAnyBytesFindsTheSameLineAsSplittingTheWhole() {
        Random random = new Random(7);
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) "ab \t\r\n\n\n".charAt(random.nextInt(8));
            }
            ResultLine line = new ResultLine();
            Pieces.random(random, bytes, 9, line::append);
            assertThat(line.find().map(l -> l.text().strip()))
                    .as(Arrays.toString(bytes))
                    .isEqualTo(naive(new String(bytes, ISO_8859_1)));
        }
    }

    private static Optional<String> naive(String printed) {
        return Arrays.stream(printed.split("\n", -1))
                .map(String::strip)
                .filter(l -> !l.isEmpty())
                .reduce((first, second) -> second);
    }

    private static Optional<ResultLine.Line> find(String printed) {
        ResultLine line = new ResultLine();
        Pieces.random(new Random(printed.length()), printed.getBytes(UTF_8), 5000, line::append);
        return line.find();
    }
}
