package io.factotum.scripts.executor.docker;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What only an engine can do to a run. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class DockerFaultsIT extends OnDocker {

    @Test
    void createdContainerIsStartedByWhoAdoptsIt() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran");
        created(spec);
        RecordingSink sink = new RecordingSink();
        assertThat(await(adopt(spec, sink).exit()).code()).isZero();
        assertThat(sink.out()).isEqualTo("ran\n");
    }

    @Test
    void scriptThatArrivedHalfNeverBeganAndThenRunsOnce() throws Exception {
        RunSpec spec = RunSpecs.shell("echo first\n#" + "x".repeat(100_000) + "\necho second");
        byte[] whole = ScriptFrame.of(spec).bytes(Instant.now());
        String id = created(spec);
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        ContainerStream<?> cut = engine.attach(id, new ByteArrayInputStream(half), frame -> {});
        await(cut.started());
        await(engine.start(id));
        cut.close();
        assertThat(await(engine.awaitEnd(id))).isEqualTo(ScriptWrapper.NOT_WHOLE);
        RecordingSink sink = new RecordingSink();
        assertThat(await(adopt(spec, sink).exit()).code()).isZero();
        assertThat(sink.out()).isEqualTo("first\nsecond\n");
    }

    @Test
    void containerStillWaitingForItsScriptIsStartedAfresh() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran");
        String id = created(spec);
        ContainerStream<?> silent = engine.attach(id, InputStream.nullInputStream(), frame -> {});
        await(silent.started());
        await(engine.start(id));
        RecordingSink sink = new RecordingSink();
        Future<Execution> adopted = executor.adopt(spec, granted(), sink).map(found -> found.orElseThrow());
        silent.close();
        assertThat(await(adopted.compose(Execution::exit)).code()).isZero();
        assertThat(sink.out()).isEqualTo("ran\n");
    }

    @Test
    void containerStartedOnceMoreDoesNotRunTheScriptAgain() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran");
        run(spec, new RecordingSink());
        RecordingSink sink = new RecordingSink();
        // As a host that saw it when it was created, and was away since then.
        Sandboxes sandboxes = new Sandboxes(vertx, engine, "faults", Duration.ofHours(1), Clock.systemUTC());
        ContainerRun late = new ContainerRun(
                vertx,
                engine,
                sandboxes,
                ContainerRecipe.name(spec.runTry()),
                ScriptFrame.of(spec),
                granted(),
                sink,
                new RunImage(Future::succeededFuture));
        await(late.start(ContainerExit.NEVER).compose(Execution::exit));
        assertThat(sink.out()).isEqualTo("ran\n");
    }

    @Test
    void reservedExitCodeOfAScriptIsItsOwnFailure() throws Exception {
        for (int code : List.of(112, 113, 114, 125)) {
            RunSpec spec = RunSpecs.shell("exit " + code);
            Exit exit = run(spec, new RecordingSink());
            assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
            assertThat(exit.code()).isEqualTo(code);
            assertThat(await(adopt(spec, new RecordingSink()).exit()).reason()).isEqualTo(Exit.Reason.EXITED);
        }
    }

    @Test
    void scriptThatPrintsWhatLooksLikeAMarkIsNotEndedByIt() throws Exception {
        String word = "0123456789abcdef".repeat(2);
        RunSpec spec = RunSpecs.shell("""
                for stream in 1 2; do
                    printf '\\036factotum WORD begins 1\\n\\036factotum WORD ends 0\\n\\036factotum ' >&$stream
                done
                sleep 1; echo more; printf '\\036'; exit 5""".replace("WORD", word));
        RecordingSink sink = new RecordingSink();
        assertThat(run(spec, sink).code()).isEqualTo(5);
        String marks = "\036factotum WORD begins 1\n\036factotum WORD ends 0\n\036factotum ".replace("WORD", word);
        assertThat(sink.out()).isEqualTo(marks + "more\n\036");
        assertThat(sink.err()).isEqualTo(marks);
        RecordingSink again = new RecordingSink();
        assertThat(await(adopt(spec, again).exit()).code()).isEqualTo(5);
        assertThat(again.out()).isEqualTo(sink.out());
        assertThat(again.err()).isEqualTo(marks);
    }

    @Test
    void runHasEndedWhenItsScriptHasThoughTheEngineStillTakesItDown() throws Exception {
        // What runs on in the background would keep the streams open.
        RunSpec spec = RunSpecs.shell("(trap '' TERM HUP; while :; do echo late; sleep 0.01; done) & echo result");
        RecordingSink sink = new RecordingSink();
        assertThat(run(spec, sink).code()).isZero();
        assertThat(sink.out().replace("late\n", "")).isEqualTo("result\n");
        await(executor.remove(spec.runTry()));
        assertThat(await(engine.inspect(ContainerRecipe.name(spec.runTry())))).isEmpty();
    }

    @Test
    void manyAreRemovedRightWhenTheyHaveEnded() throws Exception {
        for (int i = 0; i < 20; i++) {
            RunSpec spec = RunSpecs.shell("echo result");
            assertThat(run(spec, new RecordingSink()).code()).isZero();
            await(executor.remove(spec.runTry()));
            assertThat(await(engine.inspect(ContainerRecipe.name(spec.runTry()))))
                    .isEmpty();
        }
    }

    @Test
    void endThatAHostDidNotLiveToStoreIsAdopted() throws Exception {
        RunSpec spec = RunSpecs.shell("printf result; printf apart >&2");
        assertThat(run(spec, new RecordingSink()).code()).isZero();
        // At once, while the engine may still take it for running.
        RecordingSink sink = new RecordingSink();
        Exit exit = await(adopt(spec, sink).exit());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEqualTo("result");
        assertThat(sink.err()).isEqualTo("apart");
    }

    @Test
    void containerStartedAgainAfterItsEndHasTheScriptsCode() throws Exception {
        RunSpec spec = RunSpecs.shell("echo result; exit 4");
        run(spec, new RecordingSink());
        String name = ContainerRecipe.name(spec.runTry());
        ContainerStream<?> empty = engine.attach(name, InputStream.nullInputStream(), frame -> {});
        await(empty.started());
        await(engine.start(name));
        empty.close();
        assertThat(await(engine.awaitEnd(name))).isEqualTo(ScriptWrapper.NOT_WHOLE);
        RecordingSink sink = new RecordingSink();
        assertThat(await(adopt(spec, sink).exit()).code()).isEqualTo(4);
        assertThat(sink.out()).isEqualTo("result\n");
    }

    @Test
    void interruptIsIgnoredByAScriptAndTermIsNot() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(RunSpecs.shell("kill -INT $$; echo survived; kill -TERM $$; echo not"), sink);
        assertThat(exit.code()).isEqualTo(128 + 15);
        assertThat(sink.out()).isEqualTo("survived\n");
        assertThat(sink.err()).isEmpty();
    }

    @Test
    void missingImageThatCannotBePulledIsNamed() throws Exception {
        RunSpec spec = RunSpecs.with(RunSpecs.shell(":"), "127.0.0.1:1/no/such:image", List.of("sh"), RunSpecs.LIMITS);
        assertThatThrownBy(() -> run(spec, new RecordingSink()))
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining("Cannot pull image '127.0.0.1:1/no/such:image'")
                .hasMessageContaining("connection refused")
                .cause()
                .extracting("code")
                .isEqualTo("image_unavailable");
        assertThat(await(executor.list())).isEmpty();
    }

    @Test
    void missingCommandIsAFaultThatIsNotTriedAgain() throws Exception {
        RunSpec spec =
                RunSpecs.with(RunSpecs.shell(":"), RunSpecs.SHELL_IMAGE, List.of("no-such-command"), RunSpecs.LIMITS);
        Exit exit = run(spec, new RecordingSink());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.ENGINE_FAULT);
        assertThat(exit.message()).contains("'no-such-command' is not in the image");
    }

    @Test
    void engineThatIsNotThereIsNamed() throws Exception {
        DockerSettings nowhere = TestEngine.settings("unix:///no/such.sock", "x");
        DockerExecutor lost = new DockerExecutor(vertx, nowhere);
        RunSpec spec = RunSpecs.shell(":");
        assertThatThrownBy(() -> await(lost.check())).hasMessageContaining("unix:///no/such.sock");
        assertThatThrownBy(() -> await(lost.start(spec, granted(), new RecordingSink())))
                .hasCauseInstanceOf(NeverBegunException.class)
                .cause()
                .extracting("code")
                .isEqualTo("engine_unavailable");
        await(lost.close());
    }

    @Test
    void logThatHasLostItsHeadDoesNotPassForTheWhole() throws Exception {
        RunSpec spec = RunSpecs.shell("echo result; head -c 60000000 /dev/zero | tr '\\0' e >&2; exit 113");
        RecordingSink whole = new RecordingSink();
        Exit exit = run(spec, whole);
        assertThat(whole.out()).isEqualTo("result\n");
        RecordingSink sink = new RecordingSink();
        assertThat(await(adopt(spec, sink).exit()).reason()).isEqualTo(exit.reason());
        assertThat(sink.out()).isEqualTo("[the engine's log no longer has what was printed before this] ");
        assertThat(sink.err()).startsWith("[the engine's log no longer").endsWith("eeee");
        assertThat(sink.err().length()).isBetween(10_000_000, 40_000_000);
    }

    @Test
    @Tag("long")
    void twoGigabytesPassThroughAndDoNotFillTheDisk() throws Exception {
        long size = 2_000_000_000L;
        RunSpec spec = RunSpecs.shell("head -c " + size + " /dev/zero | tr '\\0' x; echo; echo result");
        AtomicLong count = new AtomicLong();
        OutputSink counting = new OutputSink() {
            @Override
            public void stdout(byte[] bytes, int offset, int length) {
                count.addAndGet(length);
            }

            @Override
            public void stderr(byte[] bytes, int offset, int length) {}

            @Override
            public void restart() {
                count.set(0);
            }
        };
        Exit exit = executor.start(spec, granted(), counting)
                .compose(Execution::exit)
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.MINUTES);
        assertThat(exit.code()).isZero();
        assertThat(count).hasValue(size + "\nresult\n".length());
        RecordingSink kept = new RecordingSink();
        assertThat(await(adopt(spec, kept).exit()).code()).isZero();
        assertThat(kept.out()).startsWith("[the engine's log no longer").endsWith("x\nresult\n");
        assertThat(kept.out().length()).isLessThan(40_000_000);
    }

    @Test
    void scriptThatClosesItsOutputRunsOn() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(RunSpecs.shell("echo before; exec >&- 2>&-; sleep 8; exit 6"), sink);
        assertThat(exit.code()).isEqualTo(6);
        assertThat(sink.out()).isEqualTo("before\n");
    }
}
