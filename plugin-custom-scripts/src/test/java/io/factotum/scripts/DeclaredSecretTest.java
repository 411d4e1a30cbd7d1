package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script declares by {@code ::add-mask::value}. */
class DeclaredSecretTest {

    @Test
    void aDeclaredValueIsMaskedFromThenOnInBothStreamsAndItsLineIsNeverShown() {
        RunOutput output = Printed.output(4096, SecretMasker.none());
        out(output, "before hunter22\n::add-mask::hunter22\nafter hunter22\n");
        err(output, "too hunter22\n");
        assertThat(shown(output)).isEqualTo(new MemoryOutput.Text("before hunter22\nafter ***\n", "too ***\n"));
    }

    @Test
    void whatTheOtherStreamIsHeardToPrintJustBeforeADeclarationIsMaskedToo() {
        AtomicLong now = new AtomicLong();
        RunOutput output = new RunOutput(4096, SecretMasker.none(), Duration.ofMillis(200), now::get);
        err(output, "long before hunter22\n");
        now.addAndGet(Duration.ofMillis(200).toNanos());
        assertThat(output.toSave().chunks()).hasSize(1);
        output.saved();

        err(output, "just before hunter22\n");
        now.addAndGet(Duration.ofMillis(199).toNanos());
        assertThat(output.toSave().isEmpty()).isTrue();
        out(output, "before it hunter22\n::add-mask::hunter22\nafter it hunter22\n");
        err(output, "after it hunter22\n");
        output.finish();

        String rest = output.toSave().chunks().stream()
                .map(chunk -> chunk.stdout() + "|" + chunk.stderr())
                .collect(Collectors.joining());
        // On its own stream what comes first was printed first.
        assertThat(rest)
                .isEqualTo("before it hunter22\nafter it ***\n|long before hunter22\njust before ***\nafter it ***\n");
    }

    @Test
    void whatIsMoreThanCanBeHeldBackIsPassedOnInOrder() {
        RunOutput output = new RunOutput(1 << 20, SecretMasker.none(), Duration.ofMillis(200), () -> 0);
        String line = "x".repeat(999) + "\n";
        for (int i = 0; i < 100; i++) {
            out(output, line);
        }
        assertThat(shown(output).stdout().length()).isBetween(60_000, 80_000);
        out(output, "::add-mask::hunter22\nhunter22\n");
        output.finish();
        assertThat(shown(output).stdout()).isEqualTo(line.repeat(100) + "***\n");
    }

    @Test
    void aDeclarationIsNotTheResultLine() {
        RunOutput output = Printed.output(4096, SecretMasker.none());
        out(output, "id-1\n::add-mask::hunter22");
        output.finish();
        assertThat(output.resultLine().orElseThrow().text()).isEqualTo("id-1");
        assertThat(output.masker().mask("a hunter22")).isEqualTo("a ***");
    }

    @Test
    void aDeclaredValueIsMaskedInEachForm() {
        String value = "p\"ä/ss w<ö>rd&\\x+~";
        RunOutput output = Printed.output(4096, SecretMasker.none());
        err(output, "::add-mask::" + value + "\r\n");
        for (int before = 0; before < 3; before++) {
            String base64 = Base64.getEncoder().encodeToString(("-".repeat(before) + value + "!").getBytes(UTF_8));
            out(output, base64 + "\n");
            assertThat(shown(output).stdout()).contains("***").doesNotContain(base64.substring(4, 12));
        }
        out(output, URLEncoder.encode(value, UTF_8) + " " + Printed.base64(value) + " p\\\"ä/ss w<ö>rd&\\\\x+~\n");
        assertThat(shown(output).stdout()).endsWith("*** *** ***\n").doesNotContain("ss");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"::add-mask::a%25b%0Asecond", "  \t::add-mask::a%25b%0Asecond  ", "::add-mask::a%25b%0Asecond\r"
            })
    void aValueIsPercentDecodedAndEachOfItsLinesIsMaskedToo(String line) {
        RunOutput output = Printed.output(4096, SecretMasker.none());
        out(output, line + "\na%b\nsecond\nand second.\n");
        assertThat(shown(output).stdout()).isEqualTo("***\nand ***.\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x ::add-mask::hunter22\n",
                ":add-mask::hunter22\n",
                "::add-mask:hunter22\n",
                "::add-mask\n",
                " :: \n",
                "::add-ma"
            })
    void otherLinesAreShownAsTheyAre(String line) {
        for (int cut = 0; cut <= line.length(); cut++) {
            RunOutput output = Printed.output(4096, SecretMasker.none());
            out(output, line.substring(0, cut));
            out(output, line.substring(cut));
            output.finish();
            assertThat(shown(output).stdout()).isEqualTo(line);
        }
    }

    @Test
    void tooShortAValueIsSaidNotToBeMasked() {
        RunOutput output = Printed.output(4096, SecretMasker.none());
        out(output, "::add-mask::abc\n::add-mask::\nabc\n");
        assertThat(shown(output).stdout())
                .isEqualTo("[a value with fewer than 4 characters was declared secret; it is not masked]\nabc\n");
    }

    @Test
    void ofAScriptThatDeclaresMoreThanCanBeMaskedNothingIsShownAnyMore() {
        RunOutput output = Printed.output(1 << 20, SecretMasker.none());
        out(output, "one\n");
        for (int i = 0; i < 3000; i++) {
            out(output, "::add-mask::value-%d\n".formatted(i));
        }
        out(output, "value-2999\n");
        err(output, "value-2999\n");
        output.finish();
        assertThat(shown(output).stdout())
                .startsWith("one\n[more was declared secret")
                .doesNotContain("value");
        assertThat(shown(output).stderr()).isEmpty();
        assertThat(output.quoteMasker().mask("value-2999")).isEqualTo("***");
    }

    @Test
    void aLineTooLongToDeclareAnythingIsNotShownEither() {
        RunOutput output = Printed.output(1 << 20, SecretMasker.none());
        out(output, "::add-mask::" + "x".repeat(DeclarationFilter.MAX_LINE + 5) + "\nxxxxxxxx\n");
        assertThat(shown(output).stdout()).startsWith("[more was declared").doesNotContain("xxx");
    }

    @Test
    void whenTheLogIsReadAgainItIsMaskedAsItWasTheFirstTime() {
        RunOutput output = Printed.output(4096, SecretMasker.none());
        MemoryOutput stored = new MemoryOutput();
        out(output, "hunter22\n::add-mask::hunter22\nhunter22\n");
        stored.takeAll(output);
        output.restart();
        out(output, "hunter22\n::add-mask::hunter22\nhunter22\nhunter22!\n");
        assertThat(stored.takeAll(output).text().stdout()).isEqualTo("hunter22\n***\n***!\n");
    }

    @Test
    void anyChunkingOfAnyTextWithDeclarationsIsMaskedAsTheNaiveWayMasksTheWhole() {
        Random random = new Random(17);
        for (int round = 0; round < 3000; round++) {
            String alphabet = "abc".substring(0, 1 + random.nextInt(3));
            List<String> given =
                    random.nextBoolean() ? List.of() : List.of(text(random, alphabet, 4 + random.nextInt(5)));
            RunOutput output = Printed.output(1 << 16, SecretMasker.of(given));
            StringBuilder[] printed = {new StringBuilder(), new StringBuilder()};
            // For each secret, from where on it is masked in either stream.
            Map<String, int[]> known = new LinkedHashMap<>();
            given.forEach(secret -> known.put(secret, new int[2]));
            for (int step = random.nextInt(12); step >= 0; step--) {
                int stream = random.nextInt(2);
                if (random.nextInt(4) == 0) {
                    String secret = text(random, alphabet, 4 + random.nextInt(5));
                    feed(random, output, stream, " ".repeat(random.nextInt(2)) + "::add-mask::" + secret + "\n");
                    known.putIfAbsent(secret, new int[] {printed[0].length(), printed[1].length()});
                } else {
                    String lines = text(random, alphabet + "x:\n", random.nextInt(40)) + "\n";
                    printed[stream].append(lines);
                    feed(random, output, stream, lines);
                }
            }
            output.finish();
            assertThat(shown(output))
                    .as("%s in %s", known.keySet(), List.of(printed))
                    .isEqualTo(new MemoryOutput.Text(naive(known, printed, 0), naive(known, printed, 1)));
        }
    }

    private static void feed(Random random, RunOutput output, int stream, String text) {
        Pieces.random(random, text.getBytes(UTF_8), 9, stream == 0 ? output::stdout : output::stderr);
    }

    /** Marks each byte of each occurrence that begins where its secret is known; those that overlap are one. */
    private static String naive(Map<String, int[]> known, StringBuilder[] printed, int stream) {
        String text = printed[stream].toString();
        int[] endOf = new int[text.length()];
        known.forEach((secret, from) -> {
            for (String form : SecretForms.of(Set.of(secret))) {
                String looked = new String(form.getBytes(ISO_8859_1), UTF_8);
                for (int at = text.indexOf(looked, from[stream]); at >= 0; at = text.indexOf(looked, at + 1)) {
                    endOf[at] = Math.max(endOf[at], at + looked.length());
                }
            }
        });
        StringBuilder masked = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            if (endOf[at] == 0) {
                masked.append(text.charAt(at++));
                continue;
            }
            int end = endOf[at];
            for (int inside = at; inside < end; inside++) {
                end = Math.max(end, endOf[inside]);
            }
            masked.append("***");
            at = end;
        }
        return masked.toString();
    }

    private static String text(Random random, String alphabet, int length) {
        List<String> letters = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            letters.add(String.valueOf(alphabet.charAt(random.nextInt(alphabet.length()))));
        }
        return String.join("", letters);
    }

    private static final Map<RunOutput, MemoryOutput> STORED = new java.util.WeakHashMap<>();

    private static MemoryOutput.Text shown(RunOutput output) {
        return STORED.computeIfAbsent(output, o -> new MemoryOutput())
                .takeAll(output)
                .text();
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
