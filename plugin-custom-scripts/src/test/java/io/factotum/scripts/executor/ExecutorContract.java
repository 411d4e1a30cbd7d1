package io.factotum.scripts.executor;

import static io.factotum.scripts.executor.Permissions.granted;
import static io.factotum.scripts.executor.Permissions.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each executor must do. */
public abstract class ExecutorContract {

    protected static final Duration GRACE = Duration.ofSeconds(1);
    private static final int HUGE = 200_000_000;

    protected Vertx vertx;
    protected Executor executor;
    private final List<Executor> opened = new ArrayList<>();
    private final List<RunTry> begun = new ArrayList<>();

    /** One that shares all with others of the same installation. */
    protected abstract Executor open(Vertx vertx, String installId) throws Exception;

    @BeforeEach
    void openExecutor() throws Exception {
        vertx = Vertx.vertx();
        executor = opened("contract");
    }

    @AfterEach
    void closeExecutors() throws Exception {
        for (RunTry runTry : begun) {
            await(executor.remove(runTry));
        }
        for (Executor one : opened) {
            await(one.close());
        }
        await(vertx.close());
    }

    protected final Executor opened(String installId) throws Exception {
        Executor one = open(vertx, installId);
        opened.add(one);
        return one;
    }

    protected static <T> T await(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    protected final Future<Execution> start(RunSpec spec, OutputSink sink) {
        begun.add(spec.runTry());
        return executor.start(spec, granted(), sink);
    }

    protected final Exit run(RunSpec spec, OutputSink sink) throws Exception {
        return await(start(spec, sink).compose(Execution::exit));
    }

    /** Starts a script and waits until it has printed a text. */
    protected final Execution startUntil(RunSpec spec, RecordingSink sink, String text) throws Exception {
        Execution execution = await(start(spec, sink));
        sink.awaiting(text).get(60, TimeUnit.SECONDS);
        return execution;
    }

    @Test
    void checkSucceedsWhereItCanBeUsed() throws Exception {
        await(executor.check());
    }

    @Test
    void scriptRunsAndItsStreamsAreKeptApart() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(RunSpecs.shell("echo out; echo err >&2; echo more"), sink);
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(exit.code()).isZero();
        assertThat(exit.message()).isEmpty();
        assertThat(sink.out()).isEqualTo("out\nmore\n");
        assertThat(sink.err()).isEqualTo("err\n");
        assertThat(exit.finishedAt()).isAfterOrEqualTo(exit.startedAt());
    }

    @Test
    void exitCodeIsTheScriptsOwn() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(RunSpecs.shell("echo before; exit 3"), sink);
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(exit.code()).isEqualTo(3);
        assertThat(sink.out()).isEqualTo("before\n");
    }

    @Test
    void scriptThatASignalEndsTellsWhich() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(RunSpecs.shell("echo before; kill -9 $$; echo after"), sink);
        assertThat(exit.reason()).isEqualTo(Exit.Reason.EXITED);
        assertThat(exit.code()).isEqualTo(128 + 9);
        assertThat(sink.out()).isEqualTo("before\n");
    }

    @Test
    void commandThatIsNotFoundIsNamedAndNotTriedAgain() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(
                RunSpecs.with(
                        RunSpecs.shell("echo ran"), RunSpecs.SHELL_IMAGE, List.of("no-such-command"), RunSpecs.LIMITS),
                sink);
        assertThat(exit.code()).isNotZero();
        assertThat(sink.out()).isEmpty();
        assertThat(exit.message() + sink.err()).contains("no-such-command");
    }

    @Test
    void environmentArrivesExactly() throws Exception {
        RecordingSink sink = new RecordingSink();
        run(RunSpecs.shell("printf '%s' \"$NASTY\"", Map.of("NASTY", nasty()), Map.of()), sink);
        assertThat(sink.out()).isEqualTo(nasty());
    }

    @Test
    void emptyEnvironmentValueIsSet() throws Exception {
        RecordingSink sink = new RecordingSink();
        run(RunSpecs.shell("echo \"${A+set}${B+set}${C+set}\"", Map.of("A", ""), Map.of("B", "")), sink);
        assertThat(sink.out()).isEqualTo("setset\n");
    }

    @Test
    void secretsArriveExactly() throws Exception {
        RecordingSink sink = new RecordingSink();
        run(RunSpecs.shell("printf '%s' \"$NASTY\"; test -t 0 || cat", Map.of(), Map.of("NASTY", nasty())), sink);
        assertThat(sink.out()).isEqualTo(nasty());
    }

    @Test
    void variableThatIsNoNameIsRefused() {
        RunSpec spec = RunSpecs.shell("echo ran", Map.of(), Map.of("A=1; rm -rf x; B", "value"));
        assertThatThrownBy(() -> run(spec, new RecordingSink()))
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is not a name");
    }

    @Test
    void largeScriptArrivesWhole() throws Exception {
        String line = "# " + "x".repeat(97) + "\n";
        String script = line.repeat((1 << 20) / line.length()) + "wc -c <\"$0\"\n";
        RecordingSink sink = new RecordingSink();
        Exit exit = run(RunSpecs.shell(script), sink);
        assertThat(exit.code()).isZero();
        assertThat(sink.out().strip()).isEqualTo(String.valueOf(script.length()));
    }

    @Test
    void largeScriptWithSecretsArrivesWhole() throws Exception {
        String script = "# é\n".repeat(100_000) + "echo \"$A\"; wc -c <\"$0\"\n";
        RecordingSink sink = new RecordingSink();
        run(RunSpecs.shell(script, Map.of(), Map.of("A", "secret")), sink);
        assertThat(sink.out().split("\\s+"))
                .containsExactly("secret", String.valueOf(script.getBytes(StandardCharsets.UTF_8).length));
    }

    @Test
    void standardInputIsEmpty() throws Exception {
        RecordingSink sink = new RecordingSink();
        run(RunSpecs.shell("cat; echo end"), sink);
        assertThat(sink.out()).isEqualTo("end\n");
    }

    @Test
    void workDirectoryAndTmpAreWritable() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(
                RunSpecs.shell("set -e; echo a >file; mkdir d; printf '#!/bin/sh\\necho b' >d/x; chmod +x d/x;"
                        + " cat file; d/x; t=$(mktemp); echo c >$t; cat $t; rm $t"),
                sink);
        assertThat(sink.err()).isEmpty();
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEqualTo("a\nb\nc\n");
    }

    @Test
    void scriptThatPrintsNothingEndsWell() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(RunSpecs.shell(":"), sink);
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEmpty();
        assertThat(sink.err()).isEmpty();
    }

    @Test
    void lastLineWithoutAnEndArrives() throws Exception {
        RecordingSink sink = new RecordingSink();
        run(RunSpecs.shell("echo first; printf last; printf oops >&2"), sink);
        assertThat(sink.out()).isEqualTo("first\nlast");
        assertThat(sink.err()).isEqualTo("oops");
    }

    @Test
    void hugeOutputPassesWithoutBeingHeld() throws Exception {
        long before = usedHeap();
        AtomicLong count = new AtomicLong();
        AtomicLong held = new AtomicLong(-1);
        Exit exit = run(RunSpecs.shell("head -c " + HUGE + " /dev/zero | tr '\\0' x"), new OutputSink() {
            @Override
            public void stdout(byte[] bytes, int offset, int length) {
                if (count.addAndGet(length) > HUGE * 3L / 4 && held.get() < 0) {
                    held.set(usedHeap() - before);
                }
            }

            @Override
            public void stderr(byte[] bytes, int offset, int length) {}

            @Override
            public void restart() {
                count.set(0);
            }
        });
        assertThat(exit.code()).isZero();
        assertThat(count).hasValue(HUGE);
        assertThat(held.get()).isBetween(-(64L << 20), 32L << 20);
    }

    @Test
    void longLineStaysWhole() throws Exception {
        RecordingSink sink = new RecordingSink();
        run(RunSpecs.shell("head -c 5000000 /dev/zero | tr '\\0' y; echo; echo end"), sink);
        assertThat(sink.out()).isEqualTo("y".repeat(5_000_000) + "\nend\n");
    }

    @Test
    void bytesThatAreNoTextArriveUnchanged() throws Exception {
        RecordingSink sink = new RecordingSink();
        String octal = IntStream.range(0, 256).mapToObj("\\%03o"::formatted).collect(Collectors.joining());
        run(RunSpecs.shell("printf '" + octal + "'"), sink);
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(value -> all[value] = (byte) value);
        assertThat(sink.bytes()).isEqualTo(all);
    }

    @Test
    void backgroundChildDoesNotKeepTheRunOpen() throws Exception {
        RecordingSink sink = new RecordingSink();
        Exit exit = run(RunSpecs.shell("sleep 1000 & echo started"), sink);
        assertThat(exit.code()).isZero();
        assertThat(sink.out()).isEqualTo("started\n");
    }

    @Test
    void scriptThatIgnoresTermIsKilledAfterTheGrace() throws Exception {
        RecordingSink sink = new RecordingSink();
        Execution execution =
                startUntil(RunSpecs.shell("trap '' TERM; echo ready; while :; do sleep 1; done"), sink, "ready");
        await(execution.stop(Exit.Reason.TIMED_OUT, GRACE));
        Exit exit = await(execution.exit());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.TIMED_OUT);
        assertThat(exit.code()).isEqualTo(137);
    }

    @Test
    void canceledScriptMayCleanUpWithinTheGrace() throws Exception {
        RecordingSink sink = new RecordingSink();
        Execution execution = startUntil(
                RunSpecs.shell("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.1; done"), sink, "ready");
        await(execution.stop(Exit.Reason.CANCELED, Duration.ofSeconds(30)));
        Exit exit = await(execution.exit());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.CANCELED);
        assertThat(exit.code()).isEqualTo(7);
        assertThat(sink.out()).isEqualTo("ready\nbye\n");
    }

    @Test
    void withoutPermissionNothingRunsAndRemovingLeavesNothing() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran");
        RecordingSink sink = new RecordingSink();
        IllegalStateException refusal = new IllegalStateException("another has it");
        Permission permission = new Permission(
                () -> vertx.timer(300, TimeUnit.MILLISECONDS).compose(v -> Future.failedFuture(refusal)));
        assertThatThrownBy(() -> await(executor.start(spec, permission, sink))).hasCause(refusal);
        assertThat(sink.out()).isEmpty();
        await(executor.remove(spec.runTry()));
        assertThat(tries(executor)).doesNotContain(spec.runTry());
        assertThat(await(executor.adopt(spec, granted(), sink))).isEmpty();
    }

    @Test
    void whatMayBeFollowedButNotBegunIsAdoptedAndStopped() throws Exception {
        RunSpec spec = RunSpecs.shell("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.1; done");
        startUntil(spec, new RecordingSink(), "ready");
        RecordingSink sink = new RecordingSink();
        Permission canceled = new Permission(
                () -> Future.failedFuture(new IllegalStateException("canceled")), Future::succeededFuture);
        Execution adopted =
                await(opened("contract").adopt(spec, canceled, sink)).orElseThrow();
        await(adopted.stop(Exit.Reason.CANCELED, Duration.ofSeconds(30)));
        Exit exit = await(adopted.exit());
        assertThat(exit.reason()).isEqualTo(Exit.Reason.CANCELED);
        assertThat(exit.code()).isEqualTo(7);
        assertThat(sink.out()).isEqualTo("ready\nbye\n");
    }

    @Test
    void startedTwiceItRunsOnce() throws Exception {
        RunSpec spec = RunSpecs.shell("cat /proc/sys/kernel/random/uuid; echo ready; sleep 2; echo end");
        RecordingSink first = new RecordingSink();
        RecordingSink second = new RecordingSink();
        Execution execution = startUntil(spec, first, "ready");
        Exit other = run(spec, second);
        assertThat(await(execution.exit()).code()).isZero();
        assertThat(other.code()).isZero();
        assertThat(second.out()).isEqualTo(first.out()).endsWith("end\n");
    }

    @Test
    void startedTwiceAtOnceItRunsAtMostOnce() throws Exception {
        RunSpec spec = RunSpecs.shell("cat /proc/sys/kernel/random/uuid");
        RecordingSink first = new RecordingSink();
        RecordingSink second = new RecordingSink();
        Future<Execution> one = start(spec, first);
        Future<Execution> two = opened("contract").start(spec, granted(), second);
        await(Future.join(one.compose(Execution::exit), two.compose(Execution::exit))
                .otherwiseEmpty());
        assertThat(one.succeeded() || two.succeeded()).isTrue();
        assertThat(List.of(first.out(), second.out()).stream()
                        .filter(out -> !out.isEmpty())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void runningScriptIsAdoptedWithAllOfItsOutput() throws Exception {
        RunSpec spec = RunSpecs.shell("echo early; echo apart >&2; echo ready; sleep 2; printf end; exit 5");
        startUntil(spec, new RecordingSink(), "ready");
        RecordingSink sink = new RecordingSink();
        Execution adopted =
                await(opened("contract").adopt(spec, granted(), sink)).orElseThrow();
        Exit exit = await(adopted.exit());
        assertThat(exit.code()).isEqualTo(5);
        assertThat(sink.out()).isEqualTo("early\nready\nend");
        assertThat(sink.err()).isEqualTo("apart\n");
    }

    @Test
    void adoptedScriptCanBeStopped() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ready; sleep 1000");
        startUntil(spec, new RecordingSink(), "ready");
        Execution adopted = await(opened("contract").adopt(spec, granted(), new RecordingSink()))
                .orElseThrow();
        await(adopted.stop(Exit.Reason.CANCELED, GRACE));
        assertThat(await(adopted.exit()).reason()).isEqualTo(Exit.Reason.CANCELED);
    }

    @Test
    void finishedScriptIsAdoptedWithItsResult() throws Exception {
        RunSpec spec = RunSpecs.shell("echo result; echo apart >&2; exit 4");
        Exit first = run(spec, new RecordingSink());
        RecordingSink sink = new RecordingSink();
        Execution adopted =
                await(opened("contract").adopt(spec, granted(), sink)).orElseThrow();
        Exit exit = await(adopted.exit());
        assertThat(exit.code()).isEqualTo(4);
        assertThat(exit.reason()).isEqualTo(first.reason());
        assertThat(sink.out()).isEqualTo("result\n");
        assertThat(sink.err()).isEqualTo("apart\n");
    }

    @Test
    void adoptingWithoutPermissionLeavesTheRunAlone() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ready; sleep 2; echo end");
        RecordingSink sink = new RecordingSink();
        Execution execution = startUntil(spec, sink, "ready");
        IllegalStateException refusal = new IllegalStateException("stale");
        assertThatThrownBy(() -> await(opened("contract").adopt(spec, refused(refusal), new RecordingSink())))
                .hasCause(refusal);
        assertThat(await(execution.exit()).code()).isZero();
        assertThat(sink.out()).isEqualTo("ready\nend\n");
    }

    @Test
    void preparedScriptThatNeverBeganIsBegunByWhoAdoptsIt() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran");
        Promise<Void> asked = Promise.promise();
        Permission unanswered = new Permission(() -> {
            asked.tryComplete();
            return Promise.<Void>promise().future();
        });
        Executor leaving = opened("contract");
        RecordingSink first = new RecordingSink();
        leaving.start(spec, unanswered, first);
        begun.add(spec.runTry());
        await(asked.future());
        await(leaving.close());
        RecordingSink sink = new RecordingSink();
        Execution adopted = await(executor.adopt(spec, granted(), sink)).orElseThrow();
        assertThat(await(adopted.exit()).code()).isZero();
        assertThat(sink.out()).isEqualTo("ran\n");
        assertThat(first.out()).isEmpty();
    }

    @Test
    void unknownRunCannotBeAdopted() throws Exception {
        assertThat(await(executor.adopt(RunSpecs.shell(":"), granted(), new RecordingSink())))
                .isEmpty();
    }

    @Test
    void runGoesOnWhenItsExecutorIsClosed() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ready; sleep 2; echo end");
        Executor leaving = opened("contract");
        RecordingSink sink = new RecordingSink();
        await(leaving.start(spec, granted(), sink));
        sink.awaiting("ready").get(60, TimeUnit.SECONDS);
        await(leaving.close());
        RecordingSink later = new RecordingSink();
        Exit exit = run(spec, later);
        assertThat(exit.code()).isZero();
        assertThat(later.out()).isEqualTo("ready\nend\n");
    }

    @Test
    void removingEndsARunAndMayBeRepeated() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ready; sleep 1000");
        startUntil(spec, new RecordingSink(), "ready");
        await(executor.remove(spec.runTry()));
        await(executor.remove(spec.runTry()));
        assertThat(tries(executor)).doesNotContain(spec.runTry());
        assertThat(await(executor.adopt(spec, granted(), new RecordingSink()))).isEmpty();
    }

    @Test
    void whatOneTryHasLeftIsNotTheNextOnes() throws Exception {
        RunSpec first = RunSpecs.shell("cat /proc/sys/kernel/random/uuid; sleep 2; exit 3");
        RecordingSink firstsOutput = new RecordingSink();
        run(first, firstsOutput);
        RunSpec second = RunSpecs.triedAgain(first);
        assertThat(await(executor.adopt(second, granted(), new RecordingSink())))
                .isEmpty();

        RecordingSink secondsOutput = new RecordingSink();
        Execution underWay = startUntil(second, secondsOutput, "-");
        assertThat(tries(executor)).contains(first.runTry(), second.runTry());
        await(executor.remove(first.runTry()));
        assertThat(await(underWay.exit()).code()).isEqualTo(3);
        assertThat(secondsOutput.out()).hasSize(37).isNotEqualTo(firstsOutput.out());
        assertThat(tries(executor)).contains(second.runTry()).doesNotContain(first.runTry());
    }

    @Test
    void onlyRunsOfTheInstallationAreListed() throws Exception {
        RunSpec spec = RunSpecs.shell(":");
        run(spec, new RecordingSink());
        assertThat(tries(executor)).contains(spec.runTry());
        assertThat(tries(opened("another"))).doesNotContain(spec.runTry());
    }

    @Test
    void manyRunAtOnce() throws Exception {
        List<RecordingSink> sinks =
                IntStream.range(0, 8).mapToObj(i -> new RecordingSink()).toList();
        List<Future<Exit>> exits = IntStream.range(0, 8)
                .mapToObj(i -> start(RunSpecs.shell("echo " + i + "; sleep 1; exit " + i), sinks.get(i))
                        .compose(Execution::exit))
                .toList();
        await(Future.all(exits));
        for (int i = 0; i < 8; i++) {
            assertThat(exits.get(i).result().code()).isEqualTo(i);
            assertThat(sinks.get(i).out()).isEqualTo(i + "\n");
        }
    }

    protected static List<RunTry> tries(Executor executor) throws Exception {
        return await(executor.list()).stream().map(Leftover::runTry).toList();
    }

    /** Every character that a shell, a quote or a decoder could trip over. */
    private static String nasty() {
        StringBuilder all = new StringBuilder(" ' \" $HOME `id` $(id) \\ \\n %s\n\t\r\n'\\''");
        for (char c = 1; c < 0x180; c++) {
            all.append(c);
        }
        return all.append("\u2028 漢字 \uD83D\uDE00 \n\n").toString();
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
