package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EndMarkTest {

    private static final String WORD = "0123456789abcdef".repeat(2);
    private static final String OTHER = "f".repeat(32);
    private static final String MARK = "\036factotum " + WORD + " ends 0\n";

    private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
    private final EndMark stream = new EndMark(passed::write);

    private void accept(String text) {
        stream.accept(text.getBytes(ISO_8859_1));
    }

    private String passed() {
        return passed.toString(ISO_8859_1);
    }

    private void expectWord() {
        stream.expect(WORD.getBytes(ISO_8859_1));
    }

    @Test
    void markIsTakenOutWhereverItIsCut() {
        String all = "last line without an end" + MARK;
        for (int cut = 0; cut <= all.length(); cut++) {
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            EndMark one = new EndMark(got::write);
            one.expect(WORD.getBytes(ISO_8859_1));
            one.accept(all.substring(0, cut).getBytes(ISO_8859_1));
            one.accept(all.substring(cut).getBytes(ISO_8859_1));
            assertThat(one.code()).as("cut at %d", cut).hasValue(0);
            assertThat(got.toString(ISO_8859_1)).isEqualTo("last line without an end");
        }
    }

    @Test
    void nothingIsHeldBackThatCannotBeTheBeginOfAMark() {
        expectWord();
        accept("line\nhalf a li");
        assertThat(passed()).isEqualTo("line\nhalf a li");
        accept("ne\036factotum ");
        assertThat(passed()).isEqualTo("line\nhalf a line");
        accept("is great");
        assertThat(passed()).isEqualTo("line\nhalf a line\036factotum is great");
    }

    @Test
    void whatComesAfterTheEndIsNotTheScripts() {
        expectWord();
        accept("a" + MARK.replace("ends 0", "ends 113") + "b");
        accept("c");
        stream.end();
        assertThat(stream.code()).hasValue(113);
        assertThat(passed()).isEqualTo("a");
    }

    @Test
    void markWithAnotherWordIsOutput() {
        expectWord();
        String output =
                MARK.replace(WORD, OTHER) + "x" + MARK.replace("ends 0", "ends ") + MARK.replace("ends 0", "ends 1234");
        accept(output);
        stream.end();
        assertThat(stream.code()).isEqualTo(OptionalInt.empty());
        assertThat(passed()).isEqualTo(output);
    }

    @Test
    void withoutAWordOnlyTheLastBytesAreAMark() {
        accept("a" + MARK + "b" + MARK.replace("ends 0", "ends 3"));
        assertThat(stream.code()).isEqualTo(OptionalInt.empty());
        stream.end();
        assertThat(stream.code()).hasValue(3);
        assertThat(passed()).isEqualTo("a" + MARK + "b");
    }

    @Test
    void beginOfAMarkAtTheEndIsOutput() {
        expectWord();
        accept("a" + MARK.substring(0, 20));
        stream.end();
        assertThat(passed()).isEqualTo("a" + MARK.substring(0, 20));
    }

    @Test
    void anyOutputInAnyPiecesPassesAsItIs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        // Mostly pieces of marks, so that wrong begins are frequent.
        String alphabet = MARK + "\036\036" + MARK.substring(0, 12);
        for (int round = 0; round < 2000; round++) {
            StringBuilder output = new StringBuilder();
            while (output.length() < 200) {
                int from = random.nextInt(alphabet.length());
                output.append(alphabet, from, Math.min(alphabet.length(), from + random.nextInt(30)));
            }
            String text = output.toString().replace(MARK, "");
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            EndMark one = new EndMark(got::write);
            one.expect(WORD.getBytes(ISO_8859_1));
            byte[] all = (text + MARK).getBytes(ISO_8859_1);
            for (int at = 0; at < all.length; ) {
                int to = Math.min(all.length, at + random.nextInt(40));
                one.accept(Arrays.copyOfRange(all, at, to));
                at = to;
            }
            assertThat(got.toString(ISO_8859_1)).as("seed %d", seed).isEqualTo(text);
            assertThat(one.code()).hasValue(0);
        }
    }
}
