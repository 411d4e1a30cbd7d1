package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunOutputTest {

    @Test
    void whatFitsIsKeptWhole() {
        RunOutput output = new RunOutput(100, SecretMasker.none());
        out(output, "hello\n");
        err(output, "careful\n");
        assertThat(output.text()).isEqualTo(new RunOutput.Text("hello\n", "careful\n"));
    }

    @Test
    void ofMoreThanTheLimitHeadAndTailAreKept() {
        RunOutput output = new RunOutput(20, SecretMasker.none());
        out(output, "0123456789abcdefghijABCDEFGHIJ");
        assertThat(output.text().stdout()).isEqualTo("0123456789\n[... 10 bytes left out ...]\nABCDEFGHIJ");
    }

    @Test
    void aSmallStderrLeavesStdoutTheRest() {
        RunOutput output = new RunOutput(20, SecretMasker.none());
        out(output, "0123456789abcdefghij");
        err(output, "1234");
        assertThat(output.text().stdout()).isEqualTo("01234567\n[... 4 bytes left out ...]\ncdefghij");
        assertThat(output.text().stderr()).isEqualTo("1234");
    }

    @Test
    void twoLargeStreamsShareTheLimit() {
        RunOutput output = new RunOutput(20, SecretMasker.none());
        out(output, "0123456789abcdefghij");
        err(output, "0123456789abcdefghij");
        assertThat(output.text().stdout()).isEqualTo("01234\n[... 10 bytes left out ...]\nfghij");
        assertThat(output.text().stderr()).isEqualTo(output.text().stdout());
    }

    @Test
    void aCutThatFallsIntoACharacterLeavesAllOfItOut() {
        RunOutput output = new RunOutput(8, SecretMasker.none());
        out(output, "€€€€€");
        assertThat(output.text().stdout()).isEqualTo("€\n[... 9 bytes left out ...]\n€");
    }

    @Test
    void bytesThatAreNotUtf8AndNulAreShownAsReplacementCharacters() {
        RunOutput output = new RunOutput(100, SecretMasker.none());
        output.stdout(new byte[] {'a', (byte) 0xc3, 'b', 0, (byte) 0xff}, 0, 5);
        assertThat(output.text().stdout()).isEqualTo("a\uFFFDb\uFFFD\uFFFD");
    }

    @Test
    void secretsAreMaskedBeforeAnythingIsKeptAndTheResultLineIsNot() {
        RunOutput output = new RunOutput(100, SecretMasker.of(List.of("hunter22")));
        out(output, "id hun");
        err(output, "key hunter22\n");
        out(output, "ter22\n");
        output.finish();
        assertThat(output.text()).isEqualTo(new RunOutput.Text("id ***\n", "key ***\n"));
        assertThat(output.resultLine().orElseThrow().text()).isEqualTo("id hunter22");
        assertThat(output.lastWords()).isEqualTo("key ***");
    }

    @Test
    void aCutNeverShowsPartOfASecret() {
        for (int before = 0; before < 30; before++) {
            RunOutput output = new RunOutput(20, SecretMasker.of(List.of("hunter22")));
            out(output, "-".repeat(before) + "hunter22" + "-".repeat(40 - before));
            output.finish();
            assertThat(output.text().stdout()).doesNotContain("hu", "22");
        }
    }

    @Test
    void afterARestartOnlyWhatComesAgainCounts() {
        RunOutput output = new RunOutput(100, SecretMasker.of(List.of("hunter22")));
        out(output, "id-1\nhunte");
        err(output, "oops");
        output.restart();
        out(output, "id-1\n");
        output.finish();
        assertThat(output.text()).isEqualTo(new RunOutput.Text("id-1\n", ""));
        assertThat(output.resultLine().orElseThrow().text()).isEqualTo("id-1");
    }

    @Test
    void changesGrowWithWhatIsPrinted() {
        RunOutput output = new RunOutput(100, SecretMasker.none());
        long before = output.changes();
        assertThat(output.changes()).isEqualTo(before);
        err(output, "x");
        assertThat(output.changes()).isGreaterThan(before);
    }

    @Test
    void lastWordsAreThoseOfStderrOrElseOfStdout() {
        RunOutput output = new RunOutput(1 << 20, SecretMasker.none());
        assertThat(output.lastWords()).isEmpty();
        out(output, "one\ntwo\n\n");
        assertThat(output.lastWords()).isEqualTo("two");
        err(output, "Traceback\n".repeat(10_000) + "KeyError: 'x'\n");
        assertThat(output.lastWords()).isEqualTo("KeyError: 'x'");
    }

    @Test
    void anyChunkingKeepsHeadAndTailOfTheWhole() {
        Random random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            int limit = 2 + random.nextInt(40);
            String text = IntStream.range(0, random.nextInt(150))
                    .mapToObj(i -> "" + (char) ('a' + i % 26))
                    .collect(Collectors.joining());
            String other = "0".repeat(random.nextInt(60));
            RunOutput output = new RunOutput(limit, SecretMasker.none());
            Pieces.random(random, text.getBytes(UTF_8), 70, output::stdout);
            Pieces.random(random, other.getBytes(UTF_8), 70, output::stderr);
            int half = limit / 2;
            int allowed = Math.max(limit - half, limit - Math.min(limit, other.length()));
            int allowedOther = Math.max(half, limit - Math.min(limit, text.length()));
            assertThat(output.text()).isEqualTo(new RunOutput.Text(naive(text, allowed), naive(other, allowedOther)));
        }
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
        assertThat(output.text().stdout().length()).isBetween(1 << 20, (1 << 20) + 100);
        // A couple of seconds on an idle machine; the bound is for a busy one.
        assertThat(took).isLessThan(Duration.ofSeconds(20));
    }

    private static String naive(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        String head = text.substring(0, limit / 2);
        return head + (head.isEmpty() ? "" : "\n") + "[... " + (text.length() - limit) + " bytes left out ...]\n"
                + text.substring(text.length() - (limit - limit / 2));
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
