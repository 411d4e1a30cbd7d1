package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.lifecycle.RunTrace;
import io.factotum.api.store.StaleDeliveryException;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ScriptConsumerTest extends ScriptConsumerSetup {

    @Test
    void aCreationIsRunAndItsLastLineIsTheResult() {
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        MemoryExecutor.Script script = await(executor.begun.future());
        script.err("careful\n");
        script.out("working\nid-1\n");
        script.end(Exit.Reason.EXITED, 0);
        assertThat(await(result))
                .isEqualTo(LifecycleResult.created("id-1", null, null)
                        .with(new RunTrace(0, "exited", Fixtures.NOW, Fixtures.NOW.plusSeconds(1), null)));
        assertThat(runs.output.text()).isEqualTo(new MemoryOutput.Text("working\nid-1\n", "careful\n"));
        assertThat(runs.output.inOrder()).isEqualTo("E:careful\nO:working\nid-1\n");
        assertThat(runs.begun).containsExactly("memory memory-" + Fixtures.RUN);
        assertThat(executor.calls).containsExactly("start", "begun");
    }

    @Test
    void theScriptGetsItsEnvironmentAndSecretsApart() {
        handle(event(EventType.CREATE, false));
        await(executor.begun.future());
        RunSpec spec = Objects.requireNonNull(executor.spec);
        assertThat(spec.environment())
                .containsEntry("URL", "https://example.org")
                .containsEntry("EVENT", "create")
                .doesNotContainKey("TOKEN");
        assertThat(spec.secrets()).isEqualTo(Map.of("TOKEN", "hunter22"));
        assertThat(spec.command()).containsExactly("sh");
        assertThat(new String(spec.script(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("echo id-1");
        assertThat(spec.labels()).containsEntry("event", "create");
    }

    @Test
    void secretsAreMaskedInResultTraceAndMessage() {
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        MemoryExecutor.Script script = await(executor.begun.future());
        script.out("id-hunter22 "
                + Printed.base64("{\"backend_metadata\":{\"hunter22\":\"my hunter22\"},"
                        + "\"endpoints\":[{\"name\":\"a\",\"url\":\"http://x/hunter22\"}],\"hunter22\":1}"));
        script.end(Exit.Reason.EXITED, 0);
        assertThat(await(result).isSuccess()).isTrue();
        assertThat(await(result).backendId()).isEqualTo("id-***");
        assertThat(await(result).toString()).doesNotContain("hunter").contains("my ***", "http://x/***");
    }

    @Test
    void itIsOnRecordAsBegunOnlyOnceTheExecutorHasPrepared() {
        Promise<Void> preparation = Promise.promise();
        executor.preparation = preparation.future();
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        await(onContext(() -> "the handler has returned"));
        assertThat(executor.calls).containsExactly("start");
        assertThat(runs.begun).isEmpty();
        preparation.complete();
        await(executor.begun.future()).end(Exit.Reason.EXITED, 0);
        assertThat(await(result).isSuccess()).isTrue();
        assertThat(runs.begun).hasSize(1);
    }

    @Test
    void aStaleDeliveryBeginsNothingAndIsPassedOn() {
        runs.permission = Future.failedFuture(new StaleDeliveryException(Fixtures.RUN));
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        assertThatThrownBy(() -> await(result)).isInstanceOf(StaleDeliveryException.class);
        assertThat(executor.calls).containsExactly("start");
    }

    @Test
    void whatNeverBeganIsToldWithItsCode() {
        executor.preparation = Future.failedFuture(
                new NeverBegunException("image_unavailable", "Cannot pull image 'x'.", new RuntimeException()));
        LifecycleResult result = await(handle(event(EventType.CREATE, false)));
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_BEGUN);
        assertThat(result.code()).isEqualTo("image_unavailable");
    }

    @Test
    void aRunThatMayHaveBegunIsAdoptedAndNotStarted() {
        executor.leftover = executor.new Script(new RunOutput(100, SecretMasker.none()));
        Future<LifecycleResult> result = handle(event(EventType.CREATE, true));
        MemoryExecutor.Script script = await(executor.begun.future());
        script.out("id-1");
        script.end(Exit.Reason.EXITED, 0);
        assertThat(await(result).backendId()).isEqualTo("id-1");
        assertThat(executor.calls).containsExactly("adopt");
    }

    @Test
    void aRunThatMayHaveBegunAndLeftNothingIsLostNotRunAgain() {
        LifecycleResult result = await(handle(event(EventType.CREATE, true)));
        assertThat(result.outcome()).isEqualTo(Outcome.LOST);
        assertThat(result.code()).isEqualTo("run_lost");
        assertThat(result.message()).contains(Fixtures.RUN.toString(), "Look at what the script made");
        assertThat(executor.calls).containsExactly("adopt");
    }

    @Test
    void aScriptThatVanishesIsLostAndItsOutputKept() {
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        MemoryExecutor.Script script = await(executor.begun.future());
        script.out("half way\n");
        script.exit.fail(new ExecutionLostException("Cannot tell: it is gone."));
        assertThat(await(result).outcome()).isEqualTo(Outcome.LOST);
        assertThat(runs.output.text().stdout()).isEqualTo("half way\n");
    }

    @Test
    void aScriptWhoseTimeIsUpIsStoppedAtOnceAndRecorded() {
        consumer = consumerAt(Fixtures.NOW.plusSeconds(601));
        LifecycleResult result = await(handle(event(EventType.CREATE, false)));
        assertThat(result.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(result.code()).isEqualTo("timed_out");
        assertThat(result.trace().exitReason()).isEqualTo("timed_out");
        assertThat(executor.calls).containsExactly("start", "begun", "stop TIMED_OUT PT10S");
    }

    @Test
    void theTimeoutCountsFromWhenTheScriptBegan() {
        consumer = consumerAt(Fixtures.NOW.plusSeconds(600).minusMillis(200));
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        assertThat(await(await(executor.begun.future()).stopped.future())).isEqualTo(Exit.Reason.TIMED_OUT);
        assertThat(await(result).outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void aStopThatTheEngineDidNotHearIsRepeated() {
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        MemoryExecutor.Script script = await(executor.begun.future());
        script.answersToStop.add(Future.failedFuture("no engine"));
        cancel();
        assertThat(await(result).outcome()).isEqualTo(Outcome.CANCELED);
        assertThat(executor.calls).filteredOn(call -> call.startsWith("stop")).hasSize(2);
    }

    @Test
    void outputIsSavedWhileTheScriptRunsAndTheResultWaitsForIt() {
        Promise<Void> saving = Promise.promise();
        runs.saving = saving.future();
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        MemoryExecutor.Script script = await(executor.begun.future());
        script.out("token hunter22\n");
        assertThat(await(runs.saved.future())).isEqualTo(new MemoryOutput.Text("token ***\n", ""));
        script.end(Exit.Reason.EXITED, 1);
        await(onContext(() -> "what the end sets off has run"));
        assertThat(result.isComplete()).isFalse();
        saving.fail("no database");
        assertThat(await(result).code()).isEqualTo("script_failed");
    }

    @Test
    void settingsThatCannotBeUsedFailTheRunWithoutBeginningIt() {
        settings.put("language", "cobol");
        LifecycleResult result = await(handle(event(EventType.CREATE, false)));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("bad_settings");
        assertThat(result.message()).contains("language 'cobol'");
        assertThat(runs.begun).isEmpty();
    }

    @Test
    void anEventWithoutAScriptSucceedsWithoutARun() {
        assertThat(await(handle(event(EventType.TERMINATE, false)))).isEqualTo(LifecycleResult.succeeded());
        assertThat(executor.calls).isEmpty();
    }

    @Test
    void whatIsLeftOfARunIsRemovedOnceItsResultIsCommitted() {
        await(onContext(() -> consumer.committed(event(EventType.CREATE, false))));
        assertThat(executor.calls).containsExactly("remove " + Fixtures.RUN);
    }

    @Test
    void aFurtherTryHasANameOfItsOwn() {
        LifecycleEvent second = Fixtures.tried(event(EventType.CREATE, false), 2);
        Future<LifecycleResult> result = handle(second);
        await(executor.begun.future()).end(Exit.Reason.EXITED, 0);
        await(result);
        await(onContext(() -> consumer.committed(second)));
        assertThat(executor.spec.runTry()).isEqualTo(new RunTry(Fixtures.RUN, 2));
        assertThat(runs.begun).containsExactly("memory memory-" + Fixtures.RUN + "-2");
        assertThat(executor.calls).containsExactly("start", "begun", "remove " + Fixtures.RUN + "-2");
    }
}
