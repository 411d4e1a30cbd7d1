package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralTest {

    @Test
    void dictsListsAndTuplesNest() {
        assertThat(PythonLiteral.parse("{'a': [1, (2,), ()], 'b': {'c': {}}, \"d\": [None, True, False]}"))
                .isEqualTo(Map.of(
                        "a",
                        List.of(1L, List.of(2L), List.of()),
                        "b",
                        Map.of("c", Map.of()),
                        "d",
                        Arrays.asList(null, true, false)));
    }

    @Test
    void numbersKeepTheirValue() {
        assertThat(PythonLiteral.parse(" [ -1, 12345678901234567890, 1.50, 1e-05, 1E3, .5, 5. ] "))
                .isEqualTo(List.of(
                        -1L,
                        new BigInteger("12345678901234567890"),
                        new BigDecimal("1.50"),
                        new BigDecimal("1e-05"),
                        new BigDecimal("1E3"),
                        new BigDecimal(".5"),
                        new BigDecimal("5.")));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "'it is'|it is",
                "\"it's\"|it's",
                "'say \"x\"'|say \"x\"",
                "'it\\'s \\\"x\\\"'|it's \"x\"",
                "'a\\\\b'|a\\b",
                "'\\x41\\u00e4\\U0001F600'|Aä😀",
                "'\\ud83d\\ude00'|😀",
                "'\\101\\60x'|A0x",
                "'\\N{LATIN SMALL LETTER A}'|a",
                "'\\d\\%'|\\d\\%",
                "u'ä'|ä",
                "''|``",
            })
    void stringsAreReadWithAllTheirEscapes(String literal, String value) {
        assertThat(PythonLiteral.parse(literal)).isEqualTo(value);
    }

    @Test
    void controlEscapesAreRead() {
        assertThat(PythonLiteral.parse("'\\a\\b\\f\\n\\r\\t\\v\\0-\\\n-'")).isEqualTo("\u0007\b\f\n\r\t\u000b\0--");
    }

    @Test
    void keysThatAreNotTextAreNamedAsInJson() {
        assertThat(PythonLiteral.parse("{1: 'a', True: 'b', None: 'c', 1.5: 'd'}"))
                .isEqualTo(Map.of("1", "a", "true", "b", "null", "c", "1.5", "d"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{'a'",
                "{'a':",
                "{'a': 1",
                "{'a': 1,",
                "[1 2]",
                "{'a': 1 'b': 2}",
                "{1, 2}",
                "'abc",
                "'abc\\",
                "'\\x4'",
                "'\\U99999999'",
                "'\\uD8'",
                "'\\N{NO SUCH NAME}'",
                "'\\Nx'",
                "1-2",
                "--1",
                ".",
                "1e",
                "nan",
                "inf",
                "true",
                "null",
                "b'abc'",
                "Decimal('1')",
                "{'a': 1} x",
                "{[1]: 2}",
                "{,}",
                "]",
                "[1, 2)",
                "@"
            })
    void whatIsNoLiteralIsRefusedWithItsPlace(String text) {
        assertThatThrownBy(() -> PythonLiteral.parse(text))
                .isInstanceOf(BadOutputException.class)
                .hasMessageMatching("(?s).+, at character \\d+");
    }

    @Test
    void nestingEndsAt64Levels() {
        assertThat(PythonLiteral.parse("[".repeat(64) + "]".repeat(64))).isInstanceOf(List.class);
        assertThatThrownBy(() -> PythonLiteral.parse("[".repeat(65) + "]".repeat(65)))
                .hasMessageContaining("nested deeper than 64 levels");
        assertThatThrownBy(() -> PythonLiteral.parse("{'a':(".repeat(500_000)))
                .hasMessageContaining("nested deeper than 64 levels");
    }

    @Test
    void aNumberOfAMegabyteIsRefusedAtOnce() {
        assertThatThrownBy(() -> PythonLiteral.parse("[" + "9".repeat(1 << 20) + "]"))
                .hasMessageContaining("a number of more than 1000 characters");
    }

    @Test
    void anyTextIsReadOrRefused() {
        Random random = new Random(5);
        String alphabet = "{}[](),:'\"\\ 019.-eEuxNTrueFalseNone\n{[('";
        int read = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(25); i >= 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                PythonLiteral.parse(text.toString());
                read++;
            } catch (BadOutputException refused) {
                assertThat(refused).hasMessageContaining("at character");
            }
        }
        assertThat(read).isPositive();
    }
}
