package io.factotum.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.config.ConfigException;
import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.store.StaleDeliveryException;
import io.factotum.webhook.TestEndpoint.Received;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plugin and an endpoint, over real HTTP. */
class WebhookPluginTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final JsonObject LOOPBACK = new JsonObject().put("allowed-hosts", new JsonArray().add("127.0.0.1"));

    private final Vertx vertx = Vertx.vertx();
    private final MemoryRuns runs = new MemoryRuns();
    private TestEndpoint endpoint;
    private Served plugin;

    @BeforeEach
    void start() {
        endpoint = TestEndpoint.start(vertx);
        plugin = Served.start(vertx, LOOPBACK, runs);
    }

    @AfterEach
    void close() {
        Served.await(vertx.close());
    }

    private JsonObject settings() {
        return new JsonObject()
                .put("url", endpoint.url())
                .put("secret", Fixtures.SECRET)
                .put("timeout", "PT1S");
    }

    private LifecycleEvent create(Duration time) {
        return event(EventType.CREATE, settings(), time);
    }

    private static LifecycleEvent event(EventType type, JsonObject settings, Duration time) {
        return Fixtures.event(type, Fixtures.sealed(settings), time);
    }

    @Test
    void eventIsPostedAsASignedCloudEvent() {
        endpoint.then(200, "{\"backend_id\": \"id-1\"}");
        JsonObject settings = settings().put("headers", new JsonObject().put("X-Tenant", "acme"));
        LifecycleEvent event = event(EventType.CREATE, settings, LONG);

        LifecycleResult result = plugin.handle(event);

        assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(result.backendId()).isEqualTo("id-1");
        assertThat(result.trace().startedAt()).isNotNull();
        Received received = endpoint.received.get(0);
        assertThat(received.method()).isEqualTo("POST");
        assertThat(received.uri()).isEqualTo("/hook");
        assertThat(received.header("Host")).isEqualTo("127.0.0.1:" + endpoint.port());
        assertThat(received.header("Content-Type")).isEqualTo("application/cloudevents+json");
        assertThat(received.header("User-Agent")).isEqualTo("Factotum/1.2.3");
        assertThat(received.header("X-Tenant")).isEqualTo("acme");
        assertThat(received.header("webhook-id")).isEqualTo(event.id().toString());
        long timestamp = Long.parseLong(received.header("webhook-timestamp"));
        assertThat(timestamp).isBetween(System.currentTimeMillis() / 1000 - 20, System.currentTimeMillis() / 1000);
        assertThat(received.header("webhook-signature"))
                .isEqualTo(SigningKey.of(Fixtures.SECRET)
                        .sign(event.id().toString(), timestamp, received.body().getBytes()));
        JsonObject sent = received.body().toJsonObject();
        assertThat(sent.getJsonObject("data").getJsonObject("offering").containsKey("settings"))
                .isFalse();
        sent.getJsonObject("data")
                .getJsonObject("offering")
                .put("settings", event.offering().settings());
        assertThat(sent).isEqualTo(event.toJson());
        assertThat(runs.begun).containsExactly("webhook: POST " + endpoint.url());
        assertThat(runs.stderr()).startsWith("Attempt 1, POST " + endpoint.url() + ", answered 200 OK after ");
        assertThat(runs.stdout()).isEqualTo("{\"backend_id\": \"id-1\"}\n");
    }

    @Test
    void eventThatTheEndpointIsNotCalledAtSucceedsWithoutACall() {
        JsonObject settings = settings().put("events", new JsonArray().add("create"));
        assertThat(plugin.handle(event(EventType.PULL, settings, LONG))).isEqualTo(LifecycleResult.succeeded());
        assertThat(endpoint.received).isEmpty();
        assertThat(runs.begun).isEmpty();
    }

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
        assertThat(endpoint.received).hasSizeGreaterThan(2);
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
        assertThat(plugin.handle(create(LONG)).isSuccess()).isTrue();
        assertThat(runs.stderr()).contains("had no answer: there was no whole answer within PT1S.");
        assertThat(endpoint.received).hasSize(2);
    }

    @Test
    void endpointThatDoesNotAnswerIsGivenUpAndItIsSaidThatItMayHaveDoneIt() {
        endpoint.then(response -> {});
        LifecycleResult result = plugin.handle(create(SHORT));
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
    void endpointThatIsNeverThereHasProvablyDoneNothing() {
        LifecycleEvent event = create(SHORT);
        endpoint.stop();
        LifecycleResult result = plugin.handle(event);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("unreachable");
        assertThat(result.message())
                .contains("Connection refused")
                .endsWith("No request has ever reached it: nothing was done.");
    }

    @Test
    void hostWithoutAddressIsLookedForAgain() {
        plugin = Served.start(vertx, new JsonObject(), runs);
        JsonObject settings = settings().put("url", "http://no-such-host.invalid/");
        LifecycleResult result = plugin.handle(event(EventType.CREATE, settings, SHORT));
        assertThat(result.code()).isEqualTo("unreachable");
        assertThat(result.message()).contains("cannot find the address of 'no-such-host.invalid'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"})
    void addressOfThisMachineIsNotCalledUnlessTheOperatorWantsIt(String host) {
        plugin = Served.start(vertx, new JsonObject(), runs);
        JsonObject settings = settings().put("url", "http://%s:%d/".formatted(host, endpoint.port()));
        LifecycleResult result = plugin.handle(event(EventType.CREATE, settings, LONG));
        assertThat(result.code()).isEqualTo("address_refused");
        assertThat(result.message()).contains("allowed-hosts of conf/plugins/webhook.yaml");
        assertThat(endpoint.received).isEmpty();
    }

    @Test
    void hostThatTheOperatorTookOffTheListIsNotCalled() {
        plugin = Served.start(vertx, new JsonObject().put("allowed-hosts", new JsonArray().add("good.example")), runs);
        LifecycleResult result = plugin.handle(create(LONG));
        assertThat(result.code()).isEqualTo("bad_settings");
        assertThat(result.message()).contains("the operator does not allow host '127.0.0.1'");
        assertThat(runs.begun).isEmpty();
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

    @Test
    void runThatAnotherDeliveryHasTakenOverIsNotSent() {
        runs.permission = Future.failedFuture(new StaleDeliveryException(Fixtures.RUN));
        assertThatThrownBy(() -> plugin.handle(create(LONG))).isInstanceOf(StaleDeliveryException.class);
        assertThat(endpoint.received).isEmpty();
    }

    @Test
    void cancellationEndsTheWaitForAnotherAttempt() {
        endpoint.then(response -> {
            plugin.cancelLater(Fixtures.RUN, vertx);
            response.setStatusCode(503).putHeader("Retry-After", "30").end();
        });
        LifecycleResult result = plugin.handle(create(LONG));
        assertThat(result.outcome()).isEqualTo(Outcome.CANCELED);
        assertThat(result.code()).isEqualTo("canceled");
        assertThat(result.message()).contains("may have carried out the create");
    }

    @Test
    void cancellationBreaksOffTheRequestThatIsUnderWay() {
        Promise<Void> arrived = Promise.promise();
        Promise<Void> closed = Promise.promise();
        endpoint.then(response -> {
            response.closeHandler(gone -> closed.tryComplete());
            arrived.tryComplete();
        });
        Future<LifecycleResult> result = plugin.deliver(create(LONG));
        Served.await(arrived.future());
        plugin.cancel(Fixtures.RUN);
        assertThat(Served.await(result).outcome()).isEqualTo(Outcome.CANCELED);
        Served.await(closed.future());
        plugin.cancel(Fixtures.RUN);
    }

    @Test
    void cancellationBeforeTheEndpointWasReachedSaysSo() {
        Promise<Void> permission = Promise.promise();
        runs.permission = permission.future();
        Future<LifecycleResult> result = plugin.deliver(create(LONG));
        plugin.cancel(Fixtures.RUN);
        permission.complete();
        assertThat(Served.await(result).message()).isEqualTo("Canceled before the endpoint was reached.");
        assertThat(endpoint.received).isEmpty();
    }

    @Test
    void eventThatIsUnderWayWhenThePluginStopsIsSentAgainByTheNext() {
        Promise<Void> arrived = Promise.promise();
        Promise<Void> closed = Promise.promise();
        endpoint.then(response -> {
                    response.closeHandler(gone -> closed.tryComplete());
                    arrived.tryComplete();
                })
                .then(200, "{\"backend_id\": \"id-1\"}");
        JsonObject sealed = Fixtures.sealed(settings());
        Future<LifecycleResult> first = plugin.deliver(Fixtures.event(EventType.CREATE, sealed, LONG));
        Served.await(arrived.future());
        plugin.stop();
        Served.await(closed.future());
        assertThatThrownBy(() -> Served.await(first)).isInstanceOf(StaleDeliveryException.class);

        plugin = Served.start(vertx, LOOPBACK, runs);
        // Its time is up by now: an endpoint that has carried it out can still tell.
        LifecycleEvent again = Fixtures.event(EventType.CREATE, sealed, Duration.ofSeconds(-5), 2);
        assertThat(plugin.handle(again).backendId()).isEqualTo("id-1");
        assertThat(endpoint.received).extracting(r -> r.header("webhook-id")).containsOnly(Fixtures.RUN.toString());
        assertThat(endpoint.received).hasSize(2);
    }

    @Test
    void outputOfAnEarlierDeliveryStays() {
        endpoint.then(503, "busy").then(200, "done");
        JsonObject sealed = Fixtures.sealed(settings());
        plugin.handle(Fixtures.event(EventType.CREATE, sealed, Duration.ZERO));
        plugin.handle(Fixtures.event(EventType.CREATE, sealed, LONG, 2));
        assertThat(runs.stdout()).isEqualTo("busy\ndone\n");
        assertThat(runs.output.get(2L).stdoutAt()).isEqualTo(5);
        assertThat(runs.output.get(2L).stderrAt()).isEqualTo(runs.output.get(1L).stderrEnd());
    }

    @Test
    void halfOfTheHostsSlotsAreTakenUnlessTheOperatorSaysOtherwise() {
        assertThat(plugin.slots).isEqualTo(Served.HOST_SLOTS / 2);
        assertThat(Served.start(vertx, new JsonObject().put("concurrency", 50), runs).slots)
                .isEqualTo(50);
    }

    @Test
    void configurationWithFaultsKeepsThePluginFromStarting() {
        JsonObject wrong = new JsonObject()
                .put("allowed-hosts", new JsonArray(List.of("http://x")))
                .put("max-response", 1)
                .put("proxy", "x");
        assertThatThrownBy(() -> Served.start(vertx, wrong, runs))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("allowed-hosts")
                .hasMessageContaining("max-response")
                .hasMessageContaining("unknown key 'proxy'");
    }
}
