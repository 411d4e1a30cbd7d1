package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.factotum.host.endtoend.HookEndpoint.Received;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Offerings of type webhook, from the order to the endpoint and back. */
class WebhookIT extends WebhookJourneys {

    static boolean pythonIsThere() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "python3")));
    }

    @Test
    void lifeOfAResourceIsCarriedOutByItsEndpoint() {
        String url = endpoint.on(
                "/life",
                (number, received, response) -> response.end(
                        switch (received.event().getString("type")) {
                            case "io.factotum.resource.create" -> """
                            {"backend_id": "box-1", "backend_metadata": {"port": 5432},
                             "endpoints": [{"name": "web", "url": "https://box-1.example/"}]}""";
                            case "io.factotum.resource.pull" -> """
                            {"usages": [{"type": "storage", "amount": 12.5}],
                             "report": [{"header": "Box", "body": "is well"}]}""";
                            default -> "";
                        }));
        Placed placed = api().create(new Hooks("life", url).offer(api()), "box");
        assertDone(placed);
        JsonObject resource = api().resource(placed);
        assertThat(resource.getString("state")).isEqualTo("OK");
        assertThat(resource.getString("backend_id")).isEqualTo("box-1");
        assertThat(resource.getJsonObject("backend_metadata")).isEqualTo(new JsonObject().put("port", 5432));
        assertThat(resource.getJsonArray("endpoints").encode()).contains("https://box-1.example/");
        assertThat(api().get("/runs/" + placed.run()).getString("reference")).isEqualTo("POST " + url);

        assertDone(api().update(placed.resource(), new JsonObject().put("plan", "large")));
        String pull = api().pull(placed.resource());
        assertThat(api().ended(pull).getString("state")).isEqualTo("SUCCEEDED");
        assertThat(api().text("/resources/" + placed.resource() + "/usages")).contains("12.5");
        assertThat(api().text("/resources/" + placed.resource() + "/report")).contains("is well");
        assertDone(api().terminate(placed.resource()));
        assertThat(api().resource(placed).getString("state")).isEqualTo("TERMINATED");

        List<Received> received = endpoint.received("/life");
        assertThat(received)
                .extracting(one -> one.event().getString("type"))
                .containsExactly(
                        "io.factotum.resource.create",
                        "io.factotum.resource.update",
                        "io.factotum.resource.pull",
                        "io.factotum.resource.terminate");
        assertThat(received.get(0).id()).isEqualTo(placed.run());
        assertThat(received.get(1).data().getJsonObject("plan").getString("name"))
                .isEqualTo("large");
        assertThat(received.get(1).data().getJsonObject("old_plan").getString("name"))
                .isEqualTo("small");
        assertThat(received.get(3).data().getJsonObject("resource").getString("backend_id"))
                .isEqualTo("box-1");
    }

    @Test
    void orderWaitsInTheQueueForAnEndpointThatIsAway() {
        String url = endpoint.on("/away", (number, received, response) -> response.end("{\"backend_id\": \"late\"}"));
        String offering = new Hooks("away", url).offer(api());
        endpoint.goAway();
        Placed placed = api().create(offering, "box");
        JsonObject waiting = api().run(
                        placed.run(),
                        run -> run.getString("state").equals("PENDING") && "unreachable".equals(run.getString("code")));
        assertThat(waiting.getString("message")).contains("Connection refused");
        endpoint.comeBack();
        assertDone(placed);
        assertThat(api().resource(placed).getString("backend_id")).isEqualTo("late");
        assertThat(endpoint.received("/away")).hasSize(1);
        assertThat(api().outputOf(placed.run()).getString("stderr"))
                .startsWith("Attempt 1,")
                .contains("Connection refused", "It is not called again now.", "answered 200 OK");
    }

    @Test
    void endpointThatAsksForTimeAndThenFailsIsCalledUnderOneId() {
        String url = endpoint.on("/moody", (number, received, response) -> {
            switch (number) {
                case 1 ->
                    response.setStatusCode(429).putHeader("Retry-After", "1").end("slowly");
                case 2 -> response.setStatusCode(500).end("oops");
                default -> response.end("{\"backend_id\": \"made\"}");
            }
        });
        Placed placed = api().create(new Hooks("moody", url).offer(api()), "box");
        assertDone(placed);
        assertThat(endpoint.received("/moody"))
                .hasSize(3)
                .extracting(Received::id)
                .containsOnly(placed.run());
        JsonObject output = api().outputOf(placed.run());
        assertThat(output.getString("stderr")).contains("answered 429", "answered 500", "answered 200 OK");
        assertThat(output.getString("stdout")).isEqualTo("slowly\noops\n{\"backend_id\": \"made\"}\n");
    }

    @Test
    void refusalEndsTheOrderInTheEndpointsWords() {
        String url = endpoint.on("/refuses", (number, received, response) -> response.setStatusCode(422)
                .putHeader("Content-Type", "application/problem+json")
                .end("{\"title\": \"No\", \"detail\": \"Boxes have run out.\"}"));
        Placed placed = api().create(new Hooks("refuses", url).offer(api()), "box");
        assertThat(api().ended(placed.run()).getString("code")).isEqualTo("refused");
        assertThat(api().resource(placed).getString("state")).isEqualTo("ERRED");
        assertThat(api().resource(placed).getString("error_message")).contains("'Boxes have run out.'");
        assertThat(endpoint.received("/refuses")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "huge, bad_answer",
        "garbage, bad_answer",
        "moved, redirected",
        "endless, no_answer",
        "silent, no_answer"
    })
    void hostileAnswerEndsTheRunAndHarmsNobody(String kind, String code) {
        String url = endpoint.on("/" + kind, (number, received, response) -> {
            response.setChunked(true);
            switch (kind) {
                case "huge" -> response.end("x".repeat(10 << 20));
                case "garbage" -> response.end("\u0000\u0001 {{{ no JSON");
                case "moved" ->
                    response.setStatusCode(308)
                            .putHeader("Location", "http://127.0.0.1:1/")
                            .end();
                case "endless" -> response.write("{\"backend_id\": ");
                default -> {}
            }
        });
        String offering = new Hooks(kind, url).with("give_up_after", "PT2S").offer(api());
        Placed placed = api().create(offering, "box");
        JsonObject run = api().ended(placed.run());
        assertThat(run.getString("code")).as("code of %s", run).isEqualTo(code);
        assertThat(run.getString("state")).isEqualTo("FAILED");
        assertThat(api().get("/plugins/webhook").getString("state")).isEqualTo("ACTIVE");
    }

    @Test
    void cancellationEndsTheWaitForAnEndpoint() {
        String url = endpoint.on("/later", (number, received, response) -> response.setStatusCode(503)
                .putHeader("Retry-After", "30")
                .end());
        Placed placed = api().create(new Hooks("later", url).offer(api()), "box");
        Await.until("the request", () -> !endpoint.received("/later").isEmpty());
        api().cancel(placed.run());
        assertThat(api().ended(placed.run()).getString("state")).isEqualTo("CANCELED");
    }

    /** As an endpoint should be: what it has done once it does not do again, but answers as it did. */
    private final class Careful implements HookEndpoint.Behaviour {

        final Map<String, Integer> carriedOut = new ConcurrentHashMap<>();
        final CompletableFuture<Void> go = new CompletableFuture<>();

        @Override
        public void answer(int number, Received received, HttpServerResponse response) {
            carriedOut.computeIfAbsent(received.id(), id -> carriedOut.size() + 1);
            go.thenRun(() -> response.end("{\"backend_id\": \"box-%d\"}".formatted(carriedOut.get(received.id()))));
        }
    }

    private Placed underWay(String path, Careful careful) {
        String url = endpoint.on("/" + path, careful);
        Placed placed =
                api().create(new Hooks(path, url).with("timeout", "PT1M").offer(api()), "box");
        Await.until("the request", () -> endpoint.received("/" + path).size() == 1);
        return placed;
    }

    private void assertSentTwiceAndDoneOnce(String path, Careful careful, Placed placed) {
        Await.until("the request once more", () -> endpoint.received("/" + path).size() == 2);
        careful.go.complete(null);
        assertDone(placed);
        assertThat(endpoint.received("/" + path)).extracting(Received::id).containsOnly(placed.run());
        assertThat(careful.carriedOut).containsOnlyKeys(placed.run());
        assertThat(api().resource(placed).getString("backend_id")).isEqualTo("box-1");
    }

    @Test
    void requestThatIsUnderWayWhenTheHostIsKilledIsSentAgainUnderTheSameId() {
        Careful careful = new Careful();
        Placed placed = underWay("killed", careful);
        host().kill();
        host().start();
        assertSentTwiceAndDoneOnce("killed", careful, placed);
    }

    @Test
    void requestThatIsUnderWayWhenThePluginIsReloadedIsSentAgainUnderTheSameId() {
        Careful careful = new Careful();
        Placed placed = underWay("reloaded", careful);
        assertThat(api().post("/plugins/webhook/reload", null).getString("state"))
                .isEqualTo("ACTIVE");
        assertSentTwiceAndDoneOnce("reloaded", careful, placed);
    }

    @Test
    @EnabledIf(value = "pythonIsThere", disabledReason = "python3 is not on the PATH")
    void endpointOfTheExampleKeepsABoxAndDoesNothingTwice(@TempDir Path directory) throws Exception {
        try (ExampleEndpoint example = new ExampleEndpoint(directory)) {
            Placed placed = api().create(example.offer(api()), "shoes");
            assertDone(placed);
            assertThat(api().resource(placed).getString("backend_id")).startsWith("box-");
            assertDone(api().update(placed.resource(), new JsonObject().put("plan", "large")));
            assertThat(api().ended(api().pull(placed.resource())).getString("state"))
                    .isEqualTo("SUCCEEDED");
            assertThat(api().text("/resources/" + placed.resource() + "/usages"))
                    .contains("\"amount\":\"50.00\"");

            // It has carried that out: whatever is asked under the same id, the answer is the one it gave.
            JsonObject other = new JsonObject().put("type", "io.factotum.resource.terminate");
            long now = Instant.now().getEpochSecond();
            String signature = HookEndpoint.signature(
                    placed.run(), String.valueOf(now), other.encode().getBytes(StandardCharsets.UTF_8));
            assertThat(example.send(placed.run(), signature, now, other).body()).contains("\"backend_id\": \"box-");
            assertThat(example.send(placed.run(), "v1,bm9uZQ==", now, other).statusCode())
                    .isEqualTo(401);
            assertThat(example.send(placed.run(), signature, now - 1, other).statusCode())
                    .isEqualTo(401);
            assertDone(api().terminate(placed.resource()));
        }
    }
}
