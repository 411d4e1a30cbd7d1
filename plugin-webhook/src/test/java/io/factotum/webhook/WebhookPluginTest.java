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
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the plugin sends, and how it starts, stops and is canceled. */
class WebhookPluginTest extends EndpointCase {

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
        endpoint.then(response -> response.setStatusCode(503)
                        .putHeader("Retry-After", "300")
                        .end("busy"))
                .then(200, "done");
        JsonObject sealed = Fixtures.sealed(settings());
        plugin.handle(Fixtures.event(EventType.CREATE, sealed, LONG));
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
