package io.factotum.webhook;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The plugin and an endpoint, over real HTTP. */
abstract class EndpointCase {

    static final Duration LONG = Duration.ofMinutes(1);
    static final Duration SHORT = Duration.ofSeconds(1);
    static final JsonObject LOOPBACK = new JsonObject().put("allowed-hosts", new JsonArray().add("127.0.0.1"));

    final Vertx vertx = Vertx.vertx();
    final MemoryRuns runs = new MemoryRuns();
    TestEndpoint endpoint;
    Served plugin;

    @BeforeEach
    void start() {
        endpoint = TestEndpoint.start(vertx);
        plugin = Served.start(vertx, LOOPBACK, runs);
    }

    @AfterEach
    void close() {
        Served.await(vertx.close());
    }

    JsonObject settings() {
        return new JsonObject()
                .put("url", endpoint.url())
                .put("secret", Fixtures.SECRET)
                .put("timeout", "PT20S");
    }

    LifecycleEvent create(Duration time) {
        return event(EventType.CREATE, settings(), time);
    }

    static LifecycleEvent event(EventType type, JsonObject settings, Duration time) {
        return Fixtures.event(type, Fixtures.sealed(settings), time);
    }
}
