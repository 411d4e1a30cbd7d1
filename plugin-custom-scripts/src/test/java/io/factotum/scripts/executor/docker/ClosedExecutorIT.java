package io.factotum.scripts.executor.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Frame;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What a plugin that is stopped leaves to the one that comes after it. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class ClosedExecutorIT extends OnDocker {

    private <T> Future<T> onContext(Supplier<Future<T>> call) {
        Promise<T> answer = Promise.promise();
        vertx.getOrCreateContext().runOnContext(v -> call.get().onComplete(answer));
        return answer.future();
    }

    private static int read(FrameGate gate) {
        try {
            return gate.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsFoundOnlyAfterTheCloseIsNotTouched() throws Exception {
        RunSpec spec = RunSpecs.shell("echo once");
        created(spec);
        Promise<Void> asked = Promise.promise();
        Permission permission = new Permission(() -> {
            asked.tryComplete();
            return Future.succeededFuture();
        });
        DockerExecutor closing = new DockerExecutor(vertx, SETTINGS);
        await(closing.check());
        // Its answer comes while the rest is closed.
        await(onContext(() -> {
            closing.adopt(spec, permission, new RecordingSink());
            return closing.close();
        }));
        await(vertx.timer(500));
        assertThat(asked.future().isComplete()).as("begin was asked for").isFalse();

        RecordingSink sink = new RecordingSink();
        Exit exit = await(adopt(spec, sink).exit());
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEqualTo("once\n");
    }

    @Test
    void scriptWhoseLeaveComesWhileItsExecutorIsClosedIsBegunByTheNext() throws Exception {
        RunSpec spec = RunSpecs.shell("echo once");
        Promise<Void> onRecord = Promise.promise();
        Promise<Void> asked = Promise.promise();
        Permission permission = new Permission(() -> {
            asked.complete();
            return onRecord.future();
        });
        DockerExecutor closing = new DockerExecutor(vertx, SETTINGS);
        Future<Execution> begun = onContext(() -> closing.start(spec, permission, new RecordingSink()));
        await(asked.future());
        await(onContext(() -> {
            Future<Void> closed = closing.close();
            onRecord.complete();
            return closed;
        }));

        RecordingSink sink = new RecordingSink();
        Exit exit = await(adopt(spec, sink).exit());
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEqualTo("once\n");
        assertThat(begun.isComplete()).as("whoever was closed had an answer").isFalse();
    }

    @Test
    void noThreadWaitsForAFrameOnceTheConnectionIsClosed() throws Exception {
        RunSpec spec = RunSpecs.shell("true");
        String id = created(spec);
        DockerEngine closing = new DockerEngine(vertx, SETTINGS);
        FrameGate gate = new FrameGate();
        ContainerStream<Frame> stream = closing.attach(id, gate, frame -> {});
        await(stream.started());
        CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> read(gate));
        assertThat(waiting.completeOnTimeout(0, Duration.ofMillis(200).toMillis(), TimeUnit.MILLISECONDS)
                        .get())
                .as("it waits for its frame")
                .isZero();
        await(closing.close());
        assertThat(CompletableFuture.supplyAsync(() -> read(gate)).get(10, TimeUnit.SECONDS))
                .isEqualTo(-1);
    }
}
