package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** One host on a database of its own, and what its plugin was sent. */
abstract class OnOneHost {

    final Vertx vertx = Vertx.vertx();
    final List<LifecycleEvent> events = new CopyOnWriteArrayList<>();
    TestHost host;

    @BeforeEach
    void start() {
        host = new TestHost(vertx, TestPostgres.newDatabase(vertx), "host-1", 4);
    }

    @AfterEach
    void stop() {
        host.close();
        join(vertx.close());
    }

    /** Remembers each event and answers what the test wants. */
    LifecycleHandler answering(Function<LifecycleEvent, Future<LifecycleResult>> answer) {
        return event -> {
            events.add(event);
            return host.runs.begin(event, "test", "ref").compose(begun -> answer.apply(event));
        };
    }

    static Future<LifecycleResult> done() {
        return Future.succeededFuture(LifecycleResult.succeeded());
    }

    static Future<LifecycleResult> failed() {
        return Future.succeededFuture(LifecycleResult.failed(Outcome.FAILED, "script_failed", "It failed."));
    }
}
