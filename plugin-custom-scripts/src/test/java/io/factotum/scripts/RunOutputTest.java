package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunOutputTest {

    private final MemoryOutput stored = new MemoryOutput();

    @Test
    void whatFitsIsKeptWholeAndInTheOrderInWhichItWasPrinted() {
        RunOutput output = Printed.output(1024, SecretMasker.none());
        out(output, "hello\n");
        err(output, "careful\n");
        err(output, "very\n");
        out(output, "bye\n");
        stored.takeAll(output);
        assertThat(stored.text()).isEqualTo(new MemoryOutput.Text("hello\nbye\n", "careful\nvery\n"));
        assertThat(stored.inOrder()).isEqualTo("O:hello\nE:careful\nvery\nO:bye\n");
    }

    @Test
    void outputThatIsStoredWhileItGrowsIsTheSame() {
        RunOutput output = Printed.output(1024, SecretMasker.none());
        out(output, "a");
        stored.takeAll(output);
        err(output, "b");
        out(output, "c");
        stored.takeAll(output);
        assertThat(stored.inOrder()).isEqualTo("O:aE:bO:c");
        assertThat(stored.chunks()).hasSize(1);
    }

    @Test
    void whatWasNotStoredIsStoredTheNextTime() {
        RunOutput output = Printed.output(1024, SecretMasker.none());
        out(output, "a");
        output.notSaved(output.toSave());
        assertThat(stored.takeAll(output).inOrder()).isEqualTo("O:a");
    }

    @Test
    void secretsAreMaskedBeforeAnythingIsKeptAndTheResultLineIsNot() {
        RunOutput output = Printed.output(1024, SecretMasker.of(List.of("hunter22")));
        out(output, "id hun");
        err(output, "key hunter22\n");
        out(output, "ter22\n");
        output.finish();
        assertThat(stored.takeAll(output).text()).isEqualTo(new MemoryOutput.Text("id ***\n", "key ***\n"));
        assertThat(output.resultLine().orElseThrow().text()).isEqualTo("id hunter22");
        assertThat(output.lastWords()).isEqualTo("key ***");
    }

    @Test
    void whatComesAgainAfterARestartIsNotStoredTwice() {
        RunOutput output = Printed.output(1024, SecretMasker.of(List.of("hunter22")));
        out(output, "one\nhunte");
        err(output, "oops\n");
        stored.takeAll(output);
        output.restart();
        out(output, "one\nhunter22\ntwo\n");
        err(output, "oops\nagain\n");
        output.finish();
        assertThat(stored.takeAll(output).inOrder()).isEqualTo("O:one\nE:oops\nO:***\ntwo\nE:again\n");
        assertThat(output.resultLine().orElseThrow().text()).isEqualTo("two");
    }

    @Test
    void aRunThatIsTakenUpAgainGoesOnWhereItsStoredOutputEnds() {
        RunOutput before = Printed.output(1024, SecretMasker.none());
        out(before, "one\ntw");
        err(before, "oops\n");
        stored.takeAll(before);
        RunOutput after = Printed.output(1024, SecretMasker.none());
        after.resume(stored.spans(), true);
        out(after, "one\ntwo\n");
        err(after, "oops\nagain\n");
        assertThat(stored.takeAll(after).inOrder()).isEqualTo("O:one\ntwE:oops\nO:o\nE:again\n");
    }

    @Test
    void anotherAttemptReplacesTheOutputOfTheOneBefore() {
        RunOutput before = Printed.output(1024, SecretMasker.none());
        out(before, "failed\n");
        stored.takeAll(before);
        RunOutput after = Printed.output(1024, SecretMasker.none());
        after.resume(stored.spans(), false);
        out(after, "done\n");
        assertThat(stored.takeAll(after).inOrder()).isEqualTo("O:done\n");
        assertThat(stored.spans().get(0).stdoutAt())
                .as("for who follows, it goes on")
                .isEqualTo(7);
        RunOutput adopted = Printed.output(1024, SecretMasker.none());
        adopted.resume(stored.spans(), true);
        out(adopted, "done\nreally\n");
        assertThat(stored.takeAll(adopted).inOrder()).isEqualTo("O:done\nO:really\n");
    }

    @Test
    void ofALogThatHasLostItsHeadNothingIsTakenForKnown() {
        RunOutput output = Printed.output(1024, SecretMasker.none());
        out(output, "::add-mask::hunter22\n0123456789\n");
        stored.takeAll(output);
        output.restart();
        output.headLost("[lost] ".getBytes(UTF_8));
        out(output, "56789\nhunter22\n");
        assertThat(stored.takeAll(output).text().stdout()).isEqualTo("0123456789\n[lost] 56789\n***\n");
    }

    @Test
    void lastWordsAreThoseOfStderrOrElseOfStdout() {
        RunOutput output = Printed.output(1 << 20, SecretMasker.none());
        assertThat(output.lastWords()).isEmpty();
        out(output, "one\ntwo\n\n");
        assertThat(output.lastWords()).isEqualTo("two");
        err(output, "Traceback\n".repeat(10_000) + "KeyError: 'x'\n");
        assertThat(output.lastWords()).isEqualTo("KeyError: 'x'");
    }

    @Test
    void aStreamWithFewWordsKeepsThemBesideOneThatFloods() {
        RunOutput output = Printed.output(16 << 10, SecretMasker.none());
        for (int i = 0; i < 100; i++) {
            out(output, "out %d\n".formatted(i));
            err(output, ("-".repeat(99) + "\n").repeat(100));
            if (i % 7 == 0) {
                stored.takeAll(output);
            }
        }
        stored.takeAll(output);
        assertThat(stored.text().stdout())
                .startsWith("out 0\nout 1\n")
                .endsWith("out 99\n")
                .doesNotContain("<");
        assertThat(stored.text().stderr())
                .startsWith("---")
                .containsPattern("<\\d+>")
                .endsWith("---\n");
        assertThat(stored.bytes()).isBetween(15L << 10, 16L << 10);
    }

    @Test
    void anyChunkingAndSavingKeepsHeadAndTailAndTellsWhatIsLeftOut() {
        Random random = new Random(3);
        for (int round = 0; round < 1500; round++) {
            int limit = 1024 + random.nextInt(2000);
            byte[][] printed = {letters(random, 6000), letters(random, random.nextInt(2) * 6000)};
            MemoryOutput kept = new MemoryOutput();
            RunOutput output = Printed.output(limit, SecretMasker.none());
            int[] at = new int[2];
            while (at[0] < printed[0].length || at[1] < printed[1].length) {
                int stream = random.nextInt(2);
                int length = Math.min(printed[stream].length - at[stream], random.nextInt(900));
                if (stream == 0) {
                    output.stdout(printed[0], at[0], length);
                } else {
                    output.stderr(printed[1], at[1], length);
                }
                at[stream] += length;
                if (random.nextInt(4) == 0) {
                    kept.apply(output.toSave());
                    output.saved();
                }
            }
            kept.takeAll(output);
            assertThat(kept.bytes()).isLessThanOrEqualTo(limit);
            if (printed[0].length + printed[1].length <= limit) {
                assertThat(kept.bytes()).isEqualTo(printed[0].length + printed[1].length);
            }
            assertKept(kept.text().stdout(), new String(printed[0], UTF_8));
            assertKept(kept.text().stderr(), new String(printed[1], UTF_8));
        }
    }

    /** Each piece stands where it was printed; the first and the last bytes are there. */
    private static void assertKept(String shown, String printed) {
        int at = 0;
        for (String piece : shown.split("(?=<\\d+>)|(?<=>)")) {
            if (piece.startsWith("<")) {
                at += Integer.parseInt(piece.substring(1, piece.length() - 1));
            } else {
                assertThat(printed.startsWith(piece, at)).isTrue();
                at += piece.length();
            }
        }
        assertThat(at).isEqualTo(printed.length());
        int edge = Math.min(60, printed.length());
        assertThat(shown).startsWith(printed.substring(0, edge)).endsWith(printed.substring(printed.length() - edge));
    }

    @Test
    void twoHundredMegabytesArePassedQuicklyAndTheResultIsFound() {
        byte[] piece = new byte[1024];
        Arrays.fill(piece, (byte) 'y');
        for (int i = 79; i < piece.length; i += 80) {
            piece[i] = '\n';
        }
        RunOutput output = new RunOutput(1 << 20, SecretMasker.of(List.of("s3cret-token", "yellow-submarine")));
        long start = System.nanoTime();
        for (int i = 0; i < 200_000; i++) {
            output.stdout(piece, 0, piece.length);
        }
        out(output, "\nid-1\n");
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        output.finish();
        assertThat(output.resultLine().orElseThrow().text()).isEqualTo("id-1");
        assertThat(stored.takeAll(output).bytes()).isBetween((1L << 20) - (16 << 10), 1L << 20);
        // A couple of seconds on an idle machine; the bound is for a busy one.
        assertThat(took).isLessThan(Duration.ofSeconds(20));
    }

    private static byte[] letters(Random random, int most) {
        byte[] letters = new byte[most == 0 ? 0 : random.nextInt(most)];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = (byte) ('a' + random.nextInt(26));
        }
        return letters;
    }

    private static void out(RunOutput output, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        output.stdout(bytes, 0, bytes.length);
    }

    private static void err(RunOutput output, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        output.stderr(bytes, 0, bytes.length);
    }
}
