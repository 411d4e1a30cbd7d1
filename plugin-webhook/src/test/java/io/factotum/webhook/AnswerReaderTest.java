package io.factotum.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.resource.Endpoint;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {

    private static Answer answer(int status, String type, String body) {
        return new Answer(status, "Words", type, null, null, body, false);
    }

    private static LifecycleResult read(EventType event, Answer answer) {
        return new AnswerReader(event, Fixtures.COMPONENTS).read(answer);
    }

    private static LifecycleResult read(EventType event, String body) {
        return read(event, answer(200, "application/json", body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "{}", "{\"outcome\": \"succeeded\"}", "{\"outcome\": null, \"message\": \"\"}"})
    void emptyAnswerIsSuccessWithoutResult(String body) {
        assertThat(read(EventType.UPDATE, answer(204, "text/plain", body))).isEqualTo(LifecycleResult.succeeded());
    }

    @Test
    void creationsAnswerTellsWhatWasMade() {
        LifecycleResult result = read(EventType.CREATE, """
                {"backend_id": "id-1", "backend_metadata": {"port": 1, "deep": {"a": [1]}},
                 "endpoints": [{"name": "web", "url": "https://box.example/"}],
                 "message": "made", "warnings": ["slowly"]}""");
        assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(result.code()).isNull();
        assertThat(result.backendId()).isEqualTo("id-1");
        assertThat(result.backendMetadata()).isEqualTo(new JsonObject("{\"port\": 1, \"deep\": {\"a\": [1]}}"));
        assertThat(result.endpoints()).containsExactly(new Endpoint("web", "https://box.example/"));
        assertThat(result.message()).isEqualTo("made");
        assertThat(result.warnings()).containsExactly("slowly");
    }

    @Test
    void pullsAnswerTellsUsageAndReport() {
        LifecycleResult result = read(EventType.PULL, """
                {"usages": [{"type": "storage", "amount": "12.50", "description": "files", "recurring": true},
                            {"type": "seats", "amount": 3e2}],
                 "report": [{"header": "All", "body": "well"}]}""");
        assertThat(result.usages())
                .containsExactly(
                        new Usage("storage", new BigDecimal("12.5"), "files", true),
                        new Usage("seats", new BigDecimal("300"), "", false));
        assertThat(result.report()).containsExactly(new ReportSection("All", "well"));
    }

    @Test
    void failureIsToldInTheEndpointsWordsAndKeepsWhatItMade() {
        LifecycleResult result = read(EventType.CREATE, """
                {"outcome": "failed", "code": "quota_used_up", "message": "No room left.", "backend_id": "half-1"}""");
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("quota_used_up");
        assertThat(result.message()).isEqualTo("No room left.");
        assertThat(result.backendId()).isEqualTo("half-1");
        assertThat(read(EventType.CREATE, "{\"outcome\": \"failed\"}").code()).isEqualTo("endpoint_failed");
        assertThat(read(EventType.CREATE, "{\"outcome\": \"failed\"}").message())
                .isEqualTo("The endpoint says that the create failed, and not why. See its own log.");
    }

    @Test
    void whatAnAnswerHasNoPlaceForIsToldAndChangesNothing() {
        LifecycleResult order = read(EventType.UPDATE, "{\"backend-id\": \"x\", \"usages\": []}");
        assertThat(order.isSuccess()).isTrue();
        assertThat(order.usages()).isNull();
        assertThat(order.warnings())
                .containsExactly("Ignored what an answer to a update has no place for: backend-id, usages."
                        + " Known: backend_id, backend_metadata, code, endpoints, message, outcome, warnings.");
        LifecycleResult pull = read(EventType.PULL, "{\"backend_id\": \"x\"}");
        assertThat(pull.backendId()).isNull();
        assertThat(pull.warnings()).singleElement().asString().contains("backend_id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OK|it is no JSON object (Content-Type application/json)",
                "[1]|it is no JSON object",
                "{\"a\": 1|it is no JSON object",
                "{} {}|it is no JSON object",
                "{\"outcome\": \"lost\"}|its outcome is neither succeeded nor failed",
                "{\"outcome\": \"failed\", \"code\": \"No Room\"}|its code is no word",
                "{\"message\": 7}|its message is no text",
                "{\"backend_id\": 7}|its backend_id is no text",
                "{\"backend_id\": \" \"}|its backend_id is none",
                "{\"backend_metadata\": []}|its backend_metadata is no object",
                "{\"endpoints\": {}}|its endpoints are no list",
                "{\"endpoints\": [\"x\"]}|entry 0 of its endpoints is no object",
                "{\"endpoints\": [{\"name\": \"x\"}]}|an endpoint has no url",
                "{\"warnings\": [1]}|one of its warnings is no text"
            })
    void answerToAnOrderThatIsNoResultFailsWithTheReason(String body, String reason) {
        assertBad(read(EventType.CREATE, body), "create", reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"usages\": [{\"type\": \"storage\"}]}|the amount of usage 'storage' cannot be used",
                "{\"usages\": [{\"type\": \"storage\", \"amount\": -1}]}|the amount of usage 'storage' cannot be used",
                "{\"usages\": [{\"type\": \"storage\", \"amount\": 1.005}]}|the amount of usage 'storage'",
                "{\"usages\": [{\"type\": \"storage\", \"amount\": \"1e18\"}]}|the amount of usage 'storage'",
                "{\"usages\": [{\"type\": \"storage\", \"amount\": \"1e999999999\"}]}|the amount of usage 'storage'",
                "{\"usages\": [{\"type\": \"storage\", \"amount\": \"many\"}]}|the amount of usage 'storage'",
                "{\"usages\": [{\"type\": \"cpu\", \"amount\": 1}]}|Expected one of storage, seats",
                "{\"usages\": [{\"type\": \"support\", \"amount\": 1}]}|Expected one of storage, seats",
                "{\"usages\": [{\"type\": \"seats\", \"amount\": 1, \"recurring\": 1}]}|recurring of usage 'seats'",
                "{\"report\": [{\"header\": \"x\"}]}|a section of its report has no body",
                "{\"report\": \"x\"}|its report are no list"
            })
    void answerToAPullThatIsNoResultFailsWithTheReason(String body, String reason) {
        assertBad(read(EventType.PULL, body), "pull", reason);
    }

    private static void assertBad(LifecycleResult result, String event, String reason) {
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("bad_answer");
        assertThat(result.message())
                .startsWith("Cannot use the endpoint's answer 200 Words to the %s: ".formatted(event))
                .contains(reason, "Expected", "It begins with '");
        assertThat(result.usages()).isNull();
    }

    @Test
    void idOfWhatWasMadeIsKeptThoughTheRestIsWrong() {
        LifecycleResult result = read(
                EventType.CREATE, "{\"backend_id\": \"id-1\", \"backend_metadata\": {\"a\": 1}, \"endpoints\": 3}");
        assertBad(result, "create", "its endpoints are no list");
        assertThat(result.backendId()).isEqualTo("id-1");
        assertThat(result.backendMetadata()).isEqualTo(new JsonObject("{\"a\": 1}"));
        assertThat(result.endpoints()).isNull();
    }

    @Test
    void answerThatIsTooLargeIsNotReadAsAResult() {
        LifecycleResult result = read(
                EventType.CREATE,
                new Answer(200, "OK", "application/json", null, null, "{\"backend_id\": \"1\"}", true));
        assertThat(result.code()).isEqualTo("bad_answer");
        assertThat(result.message()).contains("it is too large", "max-response");
        assertThat(result.backendId()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/problem+json|{\"title\": \"T\", \"detail\": \"No such plan.\"}|: 'No such plan.'.",
                "application/problem+json|{\"title\": \"Not here\"}|: 'Not here'.",
                "application/json; charset=utf-8|{\"message\": \"said so\"}|: 'said so'.",
                "application/json|{\"detail\": 7}|: '{\"detail\": 7}'.",
                "text/plain|nope  nope|: 'nope nope'.",
                "text/plain|''|."
            })
    void refusalIsToldInTheEndpointsWords(String type, String body, String said) {
        LifecycleResult result = read(EventType.TERMINATE, answer(422, type, body));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("refused");
        assertThat(result.message()).isEqualTo("The endpoint refuses the terminate: 422 Words" + said);
    }

    @Test
    void whatCouldNotBeStoredIsNotQuoted() {
        Answer answer = new Answer(400, "N\u0000", "text/plain", null, null, "a\u0000b\u001b[1m c", false);
        assertThat(read(EventType.CREATE, answer).message())
                .isEqualTo("The endpoint refuses the create: 400 N\uFFFD: 'a\uFFFDb\uFFFD[1m c'.");
    }

    @Test
    void redirectIsToldAndNotFollowed() {
        LifecycleResult result =
                read(EventType.CREATE, new Answer(307, "", null, "https://elsewhere.example/", null, "", false));
        assertThat(result.code()).isEqualTo("redirected");
        assertThat(result.message()).contains("redirects to 'https://elsewhere.example/' (307)", "not followed");
    }

    @Test
    void statusBelow200IsNoAnswer() {
        assertThat(read(EventType.CREATE, answer(102, "text/plain", "")).code()).isEqualTo("unexpected_status");
    }

    @ParameterizedTest
    @CsvSource({
        "200, false",
        "302, false",
        "400, false",
        "404, false",
        "408, true",
        "410, false",
        "425, true",
        "429, true",
        "500, true",
        "501, true",
        "503, true",
        "599, true"
    })
    void someStatusesAskToComeBack(int status, boolean asks) {
        assertThat(answer(status, "text/plain", "").asksToComeBack()).isEqualTo(asks);
    }
}
