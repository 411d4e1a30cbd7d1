package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.resource.Endpoint;
import io.factotum.scripts.executor.Exit;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputParserTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "\n \r\n", "\u2003\n"})
    void aCreationThatPrintsNothingHasNoId(String printed) {
        assertThat(Printed.create(printed)).isEqualTo(LifecycleResult.created(null, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345abcd\n", "progress 1 2 3\r\n12345abcd\r\n", " 12345abcd \n\n"})
    void oneWordIsTheId(String printed) {
        assertThat(Printed.create(printed)).isEqualTo(LifecycleResult.created("12345abcd", null, null));
    }

    @Test
    void twoWordsAreAnIdAndMetadata() {
        JsonObject metadata =
                new JsonObject().put("cpu", 1).put("note", "größe").put("list", new JsonArray().add(1.5));
        assertThat(Printed.create("id-1 " + Printed.base64(new JsonObject().put("backend_metadata", metadata))))
                .isEqualTo(LifecycleResult.created("id-1", metadata, null));
    }

    @Test
    void endpointsAreReadAndBrokenOnesLeftOutWithAWarning() {
        JsonArray endpoints = new JsonArray()
                .add(new JsonObject().put("name", "web").put("url", "https://example.org"))
                .add(new JsonObject().put("name", "no url"))
                .add("nonsense");
        LifecycleResult result = Printed.create("id-1 " + Printed.base64(new JsonObject().put("endpoints", endpoints)));
        assertThat(result.endpoints()).containsExactly(new Endpoint("web", "https://example.org"));
        assertThat(result.backendMetadata()).isNull();
        assertThat(result.warnings()).hasSize(2).allMatch(w -> w.startsWith("Left out endpoint"));
    }

    @Test
    void anObjectWithNeitherKeyIsMetadataAsAWhole() {
        JsonObject object = new JsonObject().put("cpu", 1);
        assertThat(Printed.create("id-1 " + Printed.base64(object)))
                .isEqualTo(LifecycleResult.created("id-1", object, null));
    }

    @Test
    void otherKeysBesideMetadataAreNamedInAWarning() {
        JsonObject object =
                new JsonObject().put("backend_metadata", new JsonObject()).put("extra", 1);
        assertThat(Printed.create("id-1 " + Printed.base64(object)).warnings())
                .singleElement()
                .asString()
                .contains("'extra'");
    }

    @Test
    void theDescriptionsOwnExampleParsesAsItWasMeant() {
        // print(UUID + ' ' + base64.b64encode(metadata)), with what its author took for granted.
        LifecycleResult meant = LifecycleResult.created("12345abcd", new JsonObject().put("cpu", 1), null);
        String literal = Printed.base64("{'backend_metadata': {'cpu': 1}}");
        String json = Printed.base64("{\"backend_metadata\": {\"cpu\": 1}}");
        assertThat(Printed.create("12345abcd " + literal)).isEqualTo(meant);
        assertThat(Printed.create("12345abcd " + json)).isEqualTo(meant);
        assertThat(Printed.create("12345abcd b'" + literal + "'")).isEqualTo(meant);
        assertThat(Printed.create("12345abcd b\"" + json + "\"")).isEqualTo(meant);
    }

    @Test
    void base64MayBeUrlSafeAndUnpadded() {
        String json = "{\"a\":\"???>>>~~~ü\"}";
        byte[] bytes = json.getBytes(UTF_8);
        LifecycleResult meant = LifecycleResult.created("id", new JsonObject(json), null);
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            assertThat(Printed.create("id " + encoder.encodeToString(bytes))).isEqualTo(meant);
            assertThat(Printed.create("id " + encoder.withoutPadding().encodeToString(bytes)))
                    .isEqualTo(meant);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | 'null' is not an id",
                "null e30= | 'null' is not an id",
                "three words here | more than two words",
                "id not-base64! | it is not base64",
                "id b'' | neither JSON",
                "id W10= | not an object",
                "id e30 e30 | more than two words",
                "id //8= | not UTF-8",
                "id eyJhIjoxfX0= | neither JSON",
                "id eyJiYWNrZW5kX21ldGFkYXRhIjoxfQ== | backend_metadata is not an object",
                "id eyJlbmRwb2ludHMiOjF9 | endpoints are not a list",
                "id eyJhIjoxZTk5OTk5OTk5OX0= | more than 400 digits",
                "id eyJhIjpOYU59 | neither JSON",
                "i\u0001d | control characters",
            })
    void anythingElseIsRefusedQuotedAndExplained(String line, String reason) {
        LifecycleResult result = Printed.create(line);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("bad_output");
        assertThat(result.message())
                .startsWith("Cannot read the last line of the create script's output '"
                        + line.replace('\u0001', '\uFFFD') + "': ")
                .contains(reason)
                .contains("Expected");
        assertThat(result.backendId()).isNull();
    }

    @Test
    void anIdHasAtMost255Characters() {
        assertThat(Printed.create("😀".repeat(255)).isSuccess()).isTrue();
        assertThat(Printed.create("x".repeat(256)).message())
                .contains("more than 255 characters")
                .contains("x".repeat(200) + "...'");
    }

    @Test
    void aLineThatIsTooLongIsRefused() {
        assertThat(Printed.create("x".repeat(ResultLine.MAX_BYTES + 1)).message())
                .contains("more than 1048576 bytes")
                .hasSizeLessThan(500);
    }

    @Test
    void anObjectThatIsTooLargeIsRefused() {
        String word = Printed.base64("{\"a\":\"" + "x".repeat(EncodedObject.MAX_BYTES) + "\"}");
        assertThat(catching(() -> EncodedObject.decode(word))).contains("more than 1048576");
    }

    @Test
    void nestingEndsAt64Levels() {
        for (String close : List.of("]", "")) {
            String within = "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}";
            String beyond = "{\"a\":" + "[".repeat(64) + close.repeat(64) + "}";
            String far = "{\"a\":".repeat(100_000);
            assertThat(Printed.create("id " + Printed.base64(within)).isSuccess())
                    .isTrue();
            assertThat(Printed.create("id " + Printed.base64(beyond)).message()).contains("deeper than 64 levels");
            assertThat(Printed.create("id " + Printed.base64(far)).message()).contains("deeper than 64 levels");
        }
    }

    @Test
    void whatPostgresCannotHoldIsReplacedInTheResult() {
        String literal = Printed.base64("{'a\\0': '\\ud800x\\0'}");
        String json = Printed.base64("{\"a\\u0000\": \"\\ud800x\\u0000\"}");
        JsonObject clean = new JsonObject().put("a\uFFFD", "\uFFFDx\uFFFD");
        assertThat(Printed.create("id " + literal).backendMetadata()).isEqualTo(clean);
        assertThat(Printed.create("id " + json).backendMetadata()).isEqualTo(clean);
    }

    @ParameterizedTest
    @EnumSource(names = {"UPDATE", "TERMINATE"})
    void ofAnUpdateAndATerminationOnlyTheExitCodeCounts(EventType event) {
        assertThat(Printed.parse(event, Printed.EXITED, "any old nonsense")).isEqualTo(LifecycleResult.succeeded());
        assertThat(Printed.parse(event, Printed.exit(Exit.Reason.EXITED, 1), "").outcome())
                .isEqualTo(Outcome.FAILED);
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void anyOtherExitCodeIsAFailureWhateverWasPrinted(EventType event) {
        LifecycleResult result = Printed.parse(event, Printed.exit(Exit.Reason.EXITED, 3), "{}\nnonsense it is");
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("script_failed");
        assertThat(result.message()).contains(event.key(), "exit code 3", "nonsense it is");
        assertThat(result.usages()).isNull();
        assertThat(result.backendId()).isNull();
    }

    @Test
    void aFailedCreationKeepsWhatAValidLastLineTells() {
        String line = "id-1 " + Printed.base64("{\"cpu\": 1}");
        LifecycleResult result = Printed.parse(EventType.CREATE, Printed.exit(Exit.Reason.EXITED, 1), line);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("script_failed");
        assertThat(result.backendId()).isEqualTo("id-1");
        assertThat(result.backendMetadata()).isEqualTo(new JsonObject().put("cpu", 1));
    }

    @Test
    void ofACreationThatWasStoppedOnlyAWholeLineIsKept() {
        Exit stopped = Printed.exit(Exit.Reason.TIMED_OUT, 143);
        assertThat(Printed.parse(EventType.CREATE, stopped, "id-1\n").backendId())
                .isEqualTo("id-1");
        assertThat(Printed.parse(EventType.CREATE, stopped, "id-").backendId()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "OUT_OF_MEMORY, FAILED, out_of_memory, more memory than it may",
        "TIMED_OUT, TIMED_OUT, timed_out, its time was up",
        "CANCELED, CANCELED, canceled, somebody asked for it",
        "ENGINE_FAULT, FAILED, engine_fault, the engine's words"
    })
    void reasonsAreToldApart(Exit.Reason reason, Outcome outcome, String code, String words) {
        for (int exitCode : new int[] {0, 137}) {
            LifecycleResult result = Printed.parse(EventType.PULL, Printed.exit(reason, exitCode), "");
            assertThat(result.outcome()).isEqualTo(outcome);
            assertThat(result.code()).isEqualTo(code);
            assertThat(result.message()).contains(words);
        }
    }

    @Test
    void messagesNeverQuoteASecretNorPartOfOne() {
        SecretMasker masker = SecretMasker.of(List.of("hunter22-hunter22"));
        for (int before = 150; before < 220; before++) {
            String line = "x ".repeat(before / 2) + "-".repeat(before % 2) + "hunter22-hunter22 x";
            LifecycleResult result = new OutputParser(List.of(), masker)
                    .parse(EventType.CREATE, Printed.EXITED, Printed.line(line.getBytes(UTF_8)), "");
            assertThat(result.message()).doesNotContain("hu");
        }
    }

    @Test
    void anyBytesAreReadOrRefused() {
        Random random = new Random(13);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            byte[] inside = ("id " + Base64.getEncoder().encodeToString(bytes)).getBytes(UTF_8);
            for (EventType event : EventType.values()) {
                for (byte[] printed : List.of(bytes, inside)) {
                    LifecycleResult result = Printed.parse(event, Printed.EXITED, printed);
                    assertThat(result.outcome()).isIn(Outcome.SUCCEEDED, Outcome.FAILED);
                    assertThat(result.isSuccess()).isEqualTo(result.code() == null);
                }
            }
        }
    }

    private static String catching(Runnable action) {
        try {
            action.run();
            return "";
        } catch (BadOutputException wrong) {
            return Optional.ofNullable(wrong.getMessage()).orElse("");
        }
    }
}
