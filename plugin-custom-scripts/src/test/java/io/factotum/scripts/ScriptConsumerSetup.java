package io.factotum.scripts;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A consumer of one offering that has a secret, with an executor and a record of runs in memory. */
abstract class ScriptConsumerSetup {

    final Vertx vertx = Vertx.vertx();
    final Context context = vertx.getOrCreateContext();
    final MemoryExecutor executor = new MemoryExecutor();
    final MemoryRuns runs = new MemoryRuns();
    JsonObject settings = new JsonObject();
    ScriptConsumer consumer = consumerAt(Fixtures.NOW);

    @BeforeEach
    void anOfferingWithASecret() {
        JsonObject sent = new JsonObject()
                .put("language", "shell")
                .put("create", "echo id-1")
                .put("pull", "echo")
                .put("timeout", "PT10M")
                .put(
                        "environ",
                        new JsonArray()
                                .add(new JsonObject().put("name", "URL").put("value", "https://example.org"))
                                .add(new JsonObject()
                                        .put("name", "TOKEN")
                                        .put("value", "hunter22")
                                        .put("secret", true)));
        settings = new ScriptOfferings(Fixtures.config(), Fixtures.BOX)
                .check(sent, new JsonObject())
                .sealed();
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    ScriptConsumer consumerAt(Instant now) {
        return new ScriptConsumer(
                vertx, Clock.fixed(now, ZoneOffset.UTC), runs, Fixtures.BOX, Fixtures.config(), executor);
    }

    LifecycleEvent event(EventType type, boolean begun) {
        return Fixtures.event(
                type,
                settings,
                Fixtures.change(Fixtures.SMALL, new JsonObject(), null, null, false),
                Fixtures.resource(null),
                begun);
    }

    Future<LifecycleResult> handle(LifecycleEvent event) {
        return onContext(() -> consumer.handle(event)).compose(result -> result);
    }

    /** Cancels the run, and waits until that is told. */
    void cancel() {
        await(onContext(() -> consumer.cancel(Fixtures.RUN)));
    }

    <T> Future<T> onContext(Callable<T> action) {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> {
            try {
                done.complete(action.call());
            } catch (Exception thrown) {
                done.fail(thrown);
            }
        });
        return done.future();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("it did not come", late);
        }
    }
}
