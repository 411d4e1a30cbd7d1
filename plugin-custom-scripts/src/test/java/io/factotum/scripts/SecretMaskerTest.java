package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretMaskerTest {

    private static final String SECRET = "p\"ä/ss w<ö>rd\n&\\x+~";

    @ParameterizedTest
    @CsvSource({
        "say hunter22!, say ***!",
        "hunter2, hunter2",
        "hunter22hunter22, ******",
        "hunhunter22, hun***",
        "hunter2hunter22, hunter2***"
    })
    void secretsAreMasked(String text, String masked) {
        assertThat(SecretMasker.of(List.of("hunter22")).mask(text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @CsvSource({"aaaab, a***", "abcabcabd, abc***", "abcabd, ***", "aaab, ***"})
    void secretsWhosePrefixRepeatsAreMaskedInAnyPieces(String text, String masked) {
        SecretMasker masker = SecretMasker.of(List.of("aaab", "abcabd"));
        byte[] bytes = text.getBytes(UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            MaskedStream stream = masker.stream(shown::write);
            stream.append(bytes, 0, cut);
            stream.append(bytes, cut, bytes.length - cut);
            stream.finish();
            assertThat(shown.toString(UTF_8)).as("cut at %d", cut).isEqualTo(masked);
        }
    }

    @Test
    void nothingOfSecretsThatOverlapIsShown() {
        assertThat(SecretMasker.of(List.of("abcd", "cdef")).mask("xabcdefx")).isEqualTo("x***x");
        assertThat(SecretMasker.of(List.of("bcde", "abcdef")).mask("xabcdefx")).isEqualTo("x***x");
    }

    @Test
    void jsonAndUrlFormsAreMasked() {
        SecretMasker masker = SecretMasker.of(List.of(SECRET));
        String url = URLEncoder.encode(SECRET, UTF_8);
        assertThat(masker.mask("<" + SECRET + ">")).isEqualTo("<***>");
        assertThat(masker.mask(new JsonObject().put("a", SECRET).encode())).isEqualTo("{\"a\":\"***\"}");
        assertThat(masker.mask("<p\\\"\\u00e4/ss w<\\u00f6>rd\\n&\\\\x+~>")).isEqualTo("<***>");
        assertThat(masker.mask("<" + url + ">")).isEqualTo("<***>");
        assertThat(masker.mask("<" + url.replace("+", "%20") + ">")).isEqualTo("<***>");
        assertThat(masker.mask("<p%22%c3%a4%2fss+w%3c%c3%b6%3erd%0a%26%5cx%2b~>"))
                .isEqualTo("<***>");
    }

    @Test
    void base64FormsAreMasked() {
        SecretMasker masker = SecretMasker.of(List.of(SECRET));
        byte[] bytes = SECRET.getBytes(UTF_8);
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            assertThat(masker.mask(encoder.encodeToString(bytes))).isEqualTo("***");
            assertThat(masker.mask(encoder.withoutPadding().encodeToString(bytes)))
                    .isEqualTo("***");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"key\": \"%s\"}", "{\"the.key\": \"%s\"}", "{\"a.key\": \"%s\", \"b\": 1}"})
    void aSecretInsideALargerBase64TextIsMaskedAtEachAlignment(String larger) {
        for (String secret : List.of("s3cret-token", "quo\"te", "four")) {
            String json = larger.formatted(secret.replace("\"", "\\\""));
            for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
                String shown = SecretMasker.of(List.of(secret)).mask(encoder.encodeToString(json.getBytes(UTF_8)));
                assertThat(shown).contains("***");
                String around = new String(
                        Base64.getMimeDecoder().decode(shown.substring(0, shown.indexOf('*') / 4 * 4)), UTF_8);
                assertThat(around).isSubstringOf(json).doesNotContain(secret.substring(0, 2));
            }
        }
    }

    @Test
    void aLongSecretIsMaskedInBase64ThatIsWrapped() {
        String secret = "0123456789abcdefghij".repeat(10);
        String wrapped = Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString((secret + "\n").getBytes(UTF_8));
        assertThat(SecretMasker.of(List.of(secret)).mask(wrapped))
                .startsWith("***")
                .hasSizeLessThan(10);
    }

    @Test
    void aSecretThatEndsWithALineFeedIsMaskedWithoutItToo() {
        assertThat(SecretMasker.of(List.of("token-1\n")).mask("<token-1>")).isEqualTo("<***>");
    }

    @Test
    void jsonIsMaskedThroughout() {
        SecretMasker masker = SecretMasker.of(List.of("hunter22", "123456"));
        JsonObject json = new JsonObject()
                .put("a hunter22", 1)
                .put("list", new JsonArray().add("x hunter22").addNull().add(new JsonObject().put("n", 12345678)))
                .put("flag", true);
        assertThat(masker.mask(json))
                .isEqualTo(new JsonObject()
                        .put("a ***", 1)
                        .put("list", new JsonArray().add("x ***").addNull().add(new JsonObject().put("n", "***78")))
                        .put("flag", true));
    }

    @Test
    void withoutSecretsBytesPassAsTheyAre() {
        byte[] bytes = {1, 2, 3};
        List<byte[]> passed = new ArrayList<>();
        SecretMasker.none().stream((b, offset, length) -> passed.add(b)).append(bytes, 0, 3);
        assertThat(passed).containsExactly(bytes);
        assertThat(SecretMasker.of(List.of("abc")).mask("abc")).isEqualTo("abc");
    }

    @Test
    void whatMayBecomeASecretIsHeldBackUntilItIsKnown() {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        MaskedStream stream = SecretMasker.of(List.of("hunter22")).stream(shown::write);
        stream.append("my hunter2".getBytes(UTF_8), 0, 10);
        assertThat(shown.toString(UTF_8)).isEqualTo("my ");
        stream.finish();
        assertThat(shown.toString(UTF_8)).isEqualTo("my hunter2");
    }

    @Test
    void anyChunkingOfAnyTextIsMaskedAsTheNaiveWayMasksTheWhole() {
        Random random = new Random(11);
        for (int round = 0; round < 4000; round++) {
            String alphabet = "abc".substring(0, 1 + random.nextInt(3));
            List<String> secrets = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                secrets.add(text(random, alphabet, 4 + random.nextInt(6)));
            }
            String text = text(random, alphabet + "x", random.nextInt(80));
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            MaskedStream stream = SecretMasker.of(secrets).stream(shown::write);
            Pieces.random(random, text.getBytes(UTF_8), 7, stream::append);
            stream.finish();
            assertThat(shown.toString(UTF_8)).as("%s in %s", secrets, text).isEqualTo(naive(secrets, text));
        }
    }

    /** Marks each occurrence; those that overlap are one. */
    private static String naive(Collection<String> secrets, String text) {
        int[] endOf = new int[text.length() + 1];
        Set<String> forms = SecretForms.of(secrets);
        for (int start = 0; start < text.length(); start++) {
            for (String form : forms) {
                if (text.startsWith(new String(form.getBytes(ISO_8859_1), UTF_8), start)) {
                    endOf[start] = Math.max(endOf[start], start + form.length());
                }
            }
        }
        StringBuilder masked = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
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
        char[] text = new char[length];
        Arrays.setAll(new int[length], i -> text[i] = alphabet.charAt(random.nextInt(alphabet.length())));
        return new String(text);
    }
}
