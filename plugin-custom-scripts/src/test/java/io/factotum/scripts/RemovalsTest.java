package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.scripts.executor.NeverBegunException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RemovalsTest {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Vertx vertx = Vertx.vertx();
    private final MemoryExecutor executor = new MemoryExecutor();
    private final Removals removals = new Removals(vertx, executor, PAUSE);

    @AfterEach
    void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void whatCannotBeRemovedIsAskedForUntilItIs() throws Exception {
        executor.removal = Future.failedFuture("the engine is away");
        assertThat(removals.remove(Fixtures.RUN).failed()).isTrue();
        Thread.sleep(10 * PAUSE.toMillis());
        int asked = executor.calls.size();
        assertThat(asked).isGreaterThan(2);

        executor.removal = Future.succeededFuture();
        while (removals.ofEarlierTry(Fixtures.RUN).failed()) {
            Thread.sleep(1);
        }
        int asAtLast = executor.calls.size();
        Thread.sleep(5 * PAUSE.toMillis());
        assertThat(executor.calls).hasSize(asAtLast).containsOnly("remove " + Fixtures.RUN);
    }

    @Test
    void theNextTryWaitsForARemovalUnderWay() {
        Promise<Void> removed = Promise.promise();
        executor.removal = removed.future();
        removals.remove(Fixtures.RUN);
        Future<Void> cleared = removals.ofEarlierTry(Fixtures.RUN);
        assertThat(cleared.isComplete()).isFalse();
        removed.complete();
        assertThat(cleared.succeeded()).isTrue();
        assertThat(removals.ofEarlierTry(Fixtures.RUN).succeeded()).isTrue();
    }

    @Test
    void theNextTryDoesNotBeginWhileItsPredecessorIsThere() {
        executor.removal = Future.failedFuture("the engine is away");
        removals.remove(Fixtures.RUN);
        assertThatThrownBy(() -> removals.ofEarlierTry(Fixtures.RUN).await(1, TimeUnit.SECONDS))
                .isInstanceOf(NeverBegunException.class)
                .hasMessageContaining("cannot be removed: the engine is away");
    }
}
