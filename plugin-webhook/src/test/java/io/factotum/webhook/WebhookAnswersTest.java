package io.factotum.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.webhook.TestEndpoint.Received;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an endpoint may answer, and what becomes of it. */
class WebhookAnswersTest extends EndpointCase {

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 501, 503})
    void endpointThatAsksToComeBackIsCalledAgainUnderTheSameId(int status) {
        endpoint.then(status, "not yet").then(status, "not yet").then(200, "");
        assertThat(plugin.handle(create(LONG)).isSuccess()).isTrue();
        assertThat(endpoint.received).hasSize(3);
        assertThat(endpoint.received).extracting(r -> r.header("webhook-id")).containsOnly(Fixtures.RUN.toString());
        assertThat(endpoint.received)
                .extracting(Received::body)
                .containsOnly(endpoint.received.get(0).body());
        assertThat(runs.stderr().lines())
                .hasSize(3)
                .anyMatch(line -> line.matches(".*answered %d .* The next comes in \\d+ ms\\.".formatted(status)));
        assertThat(plugin.measured).containsExactly(status / 100 + "xx", status / 100 + "xx", "2xx");
        assertThat(runs.stdout()).isEqualTo("not yet\nnot yet\n");
    }

    @Test
    void endpointIsNotCalledBeforeTheTimeItAsksFor() {
        endpoint.then(response -> response.setStatusCode(429)
                        .putHeader("Retry-After", "1")
                        .end())
                .then(200, "");
        assertThat(plugin.handle(create(LONG)).isSuccess()).isTrue();
        assertThat(endpoint.received.get(1).nanos() - endpoint.received.get(0).nanos())
                .isGreaterThan(Duration.ofMillis(990).toNanos());
    }

    @Test
    void endpointThatAsksForMoreTimeThanThereIsIsGivenUpAtOnce() {
        endpoint.then(response ->
                response.setStatusCode(503).putHeader("Retry-After", "300").end("later"));
        LifecycleResult result = plugin.handle(create(Duration.ofSeconds(30)));
        assertThat(result.code()).isEqualTo("unavailable");
        assertThat(endpoint.received).hasSize(1);
    }

    @Test
    void endpointThatNeverSaysMoreThanLaterIsGivenUp() {
        endpoint.then(503, "down for repair");
        LifecycleResult result = plugin.handle(create(SHORT));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("unavailable");
        assertThat(result.message())
                .startsWith("Cannot have the endpoint carry out the create: gave up after ")
                .endsWith("last, it answered 503 Service Unavailable: 'down for repair'.");
        assertThat(endpoint.received).hasSizeGreaterThan(1);
    }

    @Test
    void refusalIsNotRepeated() {
        endpoint.then(response -> response.setStatusCode(409)
                .putHeader("Content-Type", "application/problem+json")
                .end("{\"title\": \"Conflict\", \"detail\": \"There is such a box.\"}"));
        LifecycleResult result = plugin.handle(create(LONG));
        assertThat(result.code()).isEqualTo("refused");
        assertThat(result.message())
                .isEqualTo("The endpoint refuses the create: 409 Conflict: 'There is such a box.'.");
        assertThat(endpoint.received).hasSize(1);
    }

    @Test
    void redirectIsNotFollowed() {
        TestEndpoint other = TestEndpoint.start(vertx);
        endpoint.then(response ->
                response.setStatusCode(307).putHeader("Location", other.url()).end());
        assertThat(plugin.handle(create(LONG)).code()).isEqualTo("redirected");
        assertThat(other.received).isEmpty();
    }

    @Test
    void answerThatIsTooLargeIsNotReadToItsEnd() {
        Promise<Void> closed = Promise.promise();
        endpoint.then(response -> {
            response.closeHandler(gone -> closed.tryComplete());
            response.setChunked(true).write("x".repeat(10 << 20));
        });
        LifecycleResult result = plugin.handle(create(LONG));
        assertThat(result.code()).isEqualTo("bad_answer");
        assertThat(result.message()).contains("too large");
        Served.await(closed.future());
        assertThat(runs.stdout()).hasSizeLessThan(65_000).contains(" bytes more]");
        assertThat(endpoint.received).hasSize(1);
    }

    @Test
    void answerThatNeverEndsIsBrokenOffAndAskedForAgain() {
        endpoint.then(response -> {
                    response.setChunked(true);
                    long drops = vertx.setPeriodic(20, drop -> response.write("x"));
                    response.closeHandler(gone -> vertx.cancelTimer(drops));
                })
                .then(200, "");
        JsonObject settings = settings().put("timeout", "PT1S");
        assertThat(plugin.handle(event(EventType.CREATE, settings, LONG)).isSuccess())
                .isTrue();
        assertThat(runs.stderr()).contains("had no answer: there was no whole answer within PT1S.");
        assertThat(endpoint.received).hasSize(2);
    }

    @Test
    void endpointThatDoesNotAnswerIsGivenUpAndItIsSaidThatItMayHaveDoneIt() {
        endpoint.then(response -> {});
        JsonObject settings = settings().put("timeout", "PT2S");
        LifecycleResult result = plugin.handle(event(EventType.CREATE, settings, Duration.ofSeconds(3)));
        assertThat(result.code()).isEqualTo("no_answer");
        assertThat(result.message()).endsWith("Whether it has carried it out cannot be known: look there.");
    }

    @Test
    void endpointThatHangsUpIsCalledAgain() {
        endpoint.then(response -> response.reset()).then(200, "");
        assertThat(plugin.handle(create(LONG)).isSuccess()).isTrue();
        assertThat(runs.stderr()).contains("the connection failed (");
    }

    @Test
    void whatIsNoHttpIsNoAnswer() {
        var server = vertx.createNetServer()
                .connectHandler(socket -> socket.handler(any -> socket.end(Buffer.buffer("SSH-2.0-OpenSSH\r\n\r\n"))));
        Served.await(server.listen(0, "127.0.0.1"));
        JsonObject settings = settings().put("url", "http://127.0.0.1:" + server.actualPort());
        LifecycleResult result = plugin.handle(event(EventType.CREATE, settings, SHORT));
        assertThat(result.code()).isEqualTo("no_answer");
    }

    @Test
    void endpointThatIsAwayIsCalledOnceItIsThere() {
        int port = endpoint.port();
        LifecycleEvent event = create(LONG);
        endpoint.stop();
        Future<LifecycleResult> result = plugin.deliver(event);
        assertThat(result.isComplete()).isFalse();
        endpoint = TestEndpoint.start(vertx, new HttpServerOptions().setPort(port))
                .then(200, "{\"backend_id\": \"id-1\"}");
        assertThat(Served.await(result).backendId()).isEqualTo("id-1");
    }

    @Test
    void numberInPlaceOfAHostLeadsNowhere() {
        plugin = Served.start(vertx, new JsonObject(), runs);
        JsonObject settings = settings().put("url", "http://2130706433:%d/".formatted(endpoint.port()));
        assertThat(plugin.handle(event(EventType.CREATE, settings, SHORT)).code())
                .isIn("unreachable", "address_refused");
        assertThat(endpoint.received).isEmpty();
    }

    @Test
    void hostWithALabelThatIsTooLongEndsTheRunLikeAnyOther() {
        JsonObject settings = settings().put("url", "http://%s.example/".formatted("a".repeat(70)));
        plugin = Served.start(vertx, new JsonObject(), runs);
        assertThat(plugin.handle(event(EventType.CREATE, settings, SHORT)).code())
                .isEqualTo("unreachable");
    }

    @Test
    void eventThatNeverReachesItsEndpointGoesBackIntoTheQueue() {
        plugin = Served.start(vertx, LOOPBACK.copy().put("hold", "PT0.1S"), runs);
        LifecycleEvent event = create(LONG);
        endpoint.stop();
        LifecycleResult result = plugin.handle(event);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_BEGUN);
        assertThat(result.code()).isEqualTo("unreachable");
        assertThat(result.message())
                .startsWith("Cannot reach the endpoint for the create: cannot connect (Connection refused");

        // It may have been carried out if an earlier delivery began: then it is held, and given up.
        LifecycleEvent begun = Fixtures.event(EventType.CREATE, event.offering().settings(), SHORT, 2);
        assertThat(plugin.handle(begun).code()).isEqualTo("no_answer");
    }

    @Test
    void endpointThatIsNeverThereIsGivenUpInTheEndAndHasProvablyDoneNothing() {
        LifecycleEvent event = create(SHORT);
        endpoint.stop();
        assertThat(plugin.handle(Fixtures.givenBack(event, Duration.ofMinutes(29)))
                        .outcome())
                .isEqualTo(Outcome.NOT_BEGUN);
        LifecycleResult result = plugin.handle(Fixtures.givenBack(event, Duration.ofMinutes(31)));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("unreachable");
        assertThat(result.message())
                .contains("gave up", "Connection refused")
                .endsWith("No request has ever reached it: nothing was done.");
    }

    @Test
    void secretsThatAnEndpointSendsBackAreMasked() {
        JsonObject settings = settings().put("headers", new JsonObject().put("Authorization", "Bearer of-a-token"));
        endpoint.then(response -> response.setStatusCode(500).end("you sent Bearer of-a-token"))
                .then(
                        200,
                        "{\"message\": \"I know of-a-token and %s\", \"backend_metadata\": {\"t\": \"of-a-token\"}}"
                                .formatted(Fixtures.SECRET));
        LifecycleResult result = plugin.handle(event(EventType.CREATE, settings, LONG));
        assertThat(endpoint.received.get(0).header("Authorization")).isEqualTo("Bearer of-a-token");
        assertThat(result.message()).isEqualTo("I know *** and ***");
        assertThat(result.backendMetadata()).isEqualTo(new JsonObject().put("t", "***"));
        assertThat(runs.stdout() + runs.stderr()).doesNotContain("of-a-token", Fixtures.SECRET);
    }
}
