package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.Leftover;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An executor whose scripts are played by the test. */
final class MemoryExecutor implements Executor {

    /** Completes with the script that has begun, so that a test can play it. */
    final Promise<Script> begun = Promise.promise();

    /** What starting waits for, as for an image; fails what it fails with. */
    Future<Void> preparation = Future.succeededFuture();

    /** What starting waits for once it has its permission. */
    Future<Void> starting = Future.succeededFuture();

    /** Hears that the leave to begin was taken back. */
    Consumer<Throwable> withdrawn = why -> {};

    /** What {@link #adopt} finds, if anything. */
    @Nullable
    Script leftover;

    /** Whether {@link #adopt} finds what was prepared and never begun. */
    boolean preparedOnly;

    Future<Void> usable = Future.succeededFuture();
    Instant startedAt = Fixtures.NOW;
    final List<String> calls = new CopyOnWriteArrayList<>();

    @Nullable
    RunSpec spec;

    private @Nullable Context context;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String reference(RunTry runTry) {
        return "memory-" + runTry;
    }

    @Override
    public Future<Void> check() {
        return usable;
    }

    @Override
    public Future<Execution> start(RunSpec toStart, Permission permission, OutputSink sink) {
        calls.add("start");
        context = Vertx.currentContext();
        spec = toStart;
        permission.withdrawn().onSuccess(withdrawn::accept);
        return preparation
                .compose(prepared -> permission.ask())
                .compose(permitted -> starting)
                .map(started -> {
                    Script script = new Script(sink);
                    calls.add("begun");
                    begun.complete(script);
                    return script;
                });
    }

    @Override
    public Future<Optional<Execution>> adopt(RunSpec toAdopt, Permission permission, OutputSink sink) {
        calls.add("adopt");
        context = Vertx.currentContext();
        if (preparedOnly) {
            return preparation.compose(found -> permission.ask()).map(permitted -> {
                calls.add("begun");
                return Optional.of(new Script(sink));
            });
        }
        if (leftover == null) {
            return Future.succeededFuture(Optional.empty());
        }
        Script found = leftover;
        found.sink = sink;
        return preparation.compose(seen -> permission.askToFollow()).map(permitted -> {
            begun.complete(found);
            return Optional.of(found);
        });
    }

    @Override
    public Future<Void> remove(RunTry runTry) {
        calls.add("remove " + runTry);
        return Future.succeededFuture();
    }

    @Override
    public Future<List<Leftover>> list() {
        return Future.succeededFuture(List.of());
    }

    @Override
    public Future<Void> close() {
        calls.add("close");
        return Future.succeededFuture();
    }

    /** One script under way. */
    final class Script implements Execution {

        final Promise<Exit> exit = Promise.promise();
        final Promise<Exit.Reason> stopped = Promise.promise();
        final List<Future<Void>> answersToStop = new ArrayList<>();
        private OutputSink sink;

        Script(OutputSink sink) {
            this.sink = sink;
        }

        void out(String text) {
            byte[] bytes = text.getBytes(UTF_8);
            sink.stdout(bytes, 0, bytes.length);
        }

        void err(String text) {
            byte[] bytes = text.getBytes(UTF_8);
            sink.stderr(bytes, 0, bytes.length);
        }

        /** On the context of whoever started it, as executors do. */
        void end(Exit.Reason reason, int code) {
            Objects.requireNonNull(context)
                    .runOnContext(v -> exit.complete(new Exit(reason, code, startedAt, startedAt.plusSeconds(1), "")));
        }

        @Override
        public Instant startedAt() {
            return startedAt;
        }

        @Override
        public Future<Exit> exit() {
            return exit.future();
        }

        @Override
        public Future<Void> stop(Exit.Reason reason, Duration grace) {
            calls.add("stop %s %s".formatted(reason, grace));
            if (!answersToStop.isEmpty()) {
                return answersToStop.remove(0);
            }
            stopped.tryComplete(reason);
            exit.tryComplete(new Exit(reason, 143, startedAt, startedAt.plusSeconds(1), ""));
            return Future.succeededFuture();
        }
    }
}
