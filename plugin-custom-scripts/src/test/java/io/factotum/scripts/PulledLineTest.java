package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PulledLineTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", " \r\n"})
    void aPullThatPrintsNothingReportsNothing(String printed) {
        assertThat(Printed.pull(printed)).isEqualTo(LifecycleResult.succeeded());
    }

    @Test
    void theDescriptionsOwnExamplesParseAsTheyWereMeant() {
        // print(base64.b64encode(info)), with what its author took for granted.
        Usage usage = new Usage("cpu", new BigDecimal("10"), "", false);
        ReportSection section = new ReportSection("header", "body");
        for (String one : List.of("{'type': 'cpu', 'amount': 10}", "[{'type': 'cpu', 'amount': 10}]")) {
            for (String info : List.of("{'usages': " + one + "}", ("{'usages': " + one + "}").replace('\'', '"'))) {
                assertThat(Printed.pull("b'" + Printed.base64(info) + "'\n"))
                        .isEqualTo(LifecycleResult.pulled(List.of(usage), null, List.of()));
            }
        }
        for (String one : List.of("{'header': 'header', 'body': 'body'}", "[{'header': 'header', 'body': 'body'}]")) {
            assertThat(Printed.pull(Printed.base64("{'report': " + one + "}")))
                    .isEqualTo(LifecycleResult.pulled(null, List.of(section), List.of()));
        }
    }

    @Test
    void descriptionAndRecurringAreRead() {
        assertThat(usages("[{'type': 'storage', 'amount': '1.25', 'description': 'disk', 'recurring': True}]"))
                .containsExactly(new Usage("storage", new BigDecimal("1.25"), "disk", true));
        assertThat(usages("[{'type': 'storage', 'amount': 1, 'description': None, 'recurring': None}]"))
                .containsExactly(new Usage("storage", BigDecimal.ONE, "", false));
    }

    @Test
    void theLastOfTwoEntriesForOneTypeWins() {
        assertThat(usages("[{'type':'cpu','amount':1}, {'type':'storage','amount':2}, {'type':'cpu','amount':3}]"))
                .extracting(u -> u.type() + "=" + u.amount())
                .containsExactlyInAnyOrder("cpu=3", "storage=2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0e999999999",
                "1.50",
                "'1.5'",
                "' 7 '",
                "1e3",
                "12.340000",
                "999999999999999999.99",
                "'999999999999999999.99'",
                "1e17"
            })
    void amountsCountByTheirValue(String amount) {
        BigDecimal expected = amount.startsWith("0e") ? BigDecimal.ZERO : new BigDecimal(amount.replaceAll("[' ]", ""));
        for (String quoted : List.of(amount, amount.replace('\'', '"'))) {
            BigDecimal read =
                    usages("{'type':'cpu','amount':" + quoted + "}").get(0).amount();
            assertThat(read).isEqualByComparingTo(expected);
            assertThat(read.scale()).isBetween(0, 2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "-1 | less than 0",
                "'-0.01' | less than 0",
                "1.001 | more than 2 digits after the point",
                "0.30000000000000004 | more than 2 digits after the point",
                "1000000000000000000 | more than 18 digits before the point",
                "1e18 | more than 18 digits before the point",
                "'1e999999999' | more than 18 digits before the point",
                "1e999999999 | more than 400 digits",
                "1e-999999999 | more than 400 digits",
                "'1e-999999999' | more than 2 digits after the point",
                "'1e99999999999' | is not a number",
                "'ten' | is not a number",
                "'NaN' | is not a number",
                "'' | is not a number",
                "True | is not a number",
                "None | is not a number",
                "[1] | is not a number",
            })
    void otherAmountsAreRefused(String amount, String reason) {
        assertThat(refused("{'usages': {'type':'cpu','amount':" + amount + "}}"))
                .contains(reason);
    }

    @Test
    void numbersOfAMegabyteAreRefusedQuickly() {
        String digits = "9".repeat(700_000);
        assertThat(refused("{\"usages\": {\"type\":\"cpu\",\"amount\":" + digits + "}}"))
                .contains("a number of more than 1000 characters");
        assertThat(refused("{\"usages\": {\"type\":\"cpu\",\"amount\":\"" + digits + "\"}}"))
                .contains("more than 1000 characters");
        assertThat(refused("{\"usages\": {\"type\":\"cpu\",\"amount\":1e99999999999}}"))
                .contains("neither JSON");
    }

    @Test
    void oneUnknownComponentRefusesAllAndTheMessageListsTheKnownOnes() {
        String message = refused("{'usages': [{'type':'cpu','amount':1}, {'type':'gpu','amount':1}],"
                + " 'report': {'header':'h','body':'b'}}");
        assertThat(message).contains("no component 'gpu'").contains("Expected one of cpu, storage.");
    }

    @Test
    void aFixedComponentRefusesAllToo() {
        assertThat(refused("{'usages': {'type':'support','amount':1}}"))
                .contains("'support' is billed at a fixed amount")
                .contains("cpu, storage");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'usages': 1} | usages is neither an object nor a list",
                "{'usages': [1]} | usages is neither an object nor a list",
                "{'usages': [[]]} | usages is neither an object nor a list",
                "{'usages': {'amount': 1}} | a usage has no type",
                "{'usages': {'type': 'cpu'}} | is not a number",
                "{'usages': {'type': 'cpu', 'amount': 1, 'description': 1}} | description",
                "{'usages': {'type': 'cpu', 'amount': 1, 'recurring': 'yes'}} | recurring",
                "{'report': 'text'} | report is neither an object nor a list",
                "{'report': {'header': 'h'}} | no header or no body",
                "{'report': [{'header': 'h', 'body': 'b'}, {'header': ' ', 'body': 'b'}]} | section 2",
                "{'report': {'header': 'h', 'body': 1}} | no header or no body",
            })
    void otherShapesAreRefused(String info, String reason) {
        assertThat(refused(info)).contains(reason).contains("xpected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain text", "{\"usages\": []}", "[]", "word", "b'", "e30= e30="})
    void aLineThatIsNotBase64OfAnObjectFailsThePullAndIsQuoted(String line) {
        LifecycleResult result = Printed.pull(line);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("bad_output");
        assertThat(result.message())
                .contains("pull script")
                .contains("'" + line + "'")
                .contains("Expected one word");
    }

    @Test
    void unknownKeysAreNamedInWarnings() {
        LifecycleResult result = Printed.pull(Printed.base64("{'usage': 1, 'usages': {'type':'cpu','amount':1,"
                + "'unit':'h'}, 'report': {'header':'h','body':'b','x':1}}"));
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.warnings()).hasSize(3);
        assertThat(String.join("\n", result.warnings())).contains("'usage'", "'unit'", "'x'");
    }

    @Test
    void warningsAreNoMoreThanAPersonWouldRead() {
        String entries = IntStream.range(0, 20_000)
                .mapToObj(i -> "{'type':'cpu','amount':1,'k%d':1}".formatted(i))
                .collect(Collectors.joining(","));
        LifecycleResult result = Printed.pull(Printed.base64("{'usages': [" + entries + "]}"));
        assertThat(result.warnings()).hasSize(21).last().asString().contains("19980 more");
    }

    @Test
    void emptyListsReplaceWhatWasThere() {
        assertThat(Printed.pull(Printed.base64("{'usages': [], 'report': []}")))
                .isEqualTo(LifecycleResult.pulled(List.of(), List.of(), List.of()));
        assertThat(Printed.pull(Printed.base64("{'usages': None, 'report': None}")))
                .isEqualTo(LifecycleResult.pulled(null, null, List.of()));
    }

    @Test
    void anyObjectIsReadOrRefused() {
        Random random = new Random(17);
        String whole = "{'usages': [{'type': 'cpu', 'amount': 1.5e-1, 'recurring': True}, {'type': 'storage',"
                + " 'amount': '2', 'description': 'a\\u00e4\\n'}], 'report': {'header': 'h', 'body': 'b'}}";
        String alphabet = "{}[](),:'\"\\\\ 0199.-+eEuxN\0";
        int read = 0;
        for (int round = 0; round < 40_000; round++) {
            StringBuilder info = new StringBuilder(random.nextBoolean() ? whole : json(whole));
            for (int i = random.nextInt(4); i > 0; i--) {
                int at = random.nextInt(info.length());
                int to = Math.min(info.length(), at + random.nextInt(3));
                info.replace(at, to, "" + alphabet.charAt(random.nextInt(alphabet.length())));
            }
            LifecycleResult result = Printed.pull(Printed.base64(info.toString()));
            assertThat(result.outcome()).isIn(Outcome.SUCCEEDED, Outcome.FAILED);
            read += result.isSuccess() ? 1 : 0;
        }
        assertThat(read).isBetween(1000, 39_000);
    }

    private static String json(String literal) {
        return literal.replace('\'', '"').replace("True", "true");
    }

    private static List<Usage> usages(String literal) {
        LifecycleResult result = Printed.pull(Printed.base64("{'usages': " + literal + "}"));
        assertThat(result.message()).isEmpty();
        List<Usage> usages = result.usages();
        return usages == null ? List.of() : usages;
    }

    private static String refused(String info) {
        LifecycleResult result = Printed.pull(Printed.base64(info));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.usages()).isNull();
        assertThat(result.report()).isNull();
        assertThat(result.message()).hasSizeLessThan(1500);
        return result.message();
    }
}
