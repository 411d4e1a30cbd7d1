package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.scripts.executor.Exit;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a run that is canceled, at each moment of its life. */
@Timeout(30)
class ScriptConsumerCancelTest extends ScriptConsumerSetup {

    @Test
    void aCanceledScriptIsStoppedAndRecorded() {
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        await(executor.begun.future());
        cancel();
        assertThat(await(result).outcome()).isEqualTo(Outcome.CANCELED);
        assertThat(await(result).code()).isEqualTo("canceled");
        assertThat(executor.calls).contains("stop CANCELED PT10S");
    }

    @Test
    void aRunThatIsCanceledBeforeItBeginsNeverDoes() {
        Promise<Void> permission = Promise.promise();
        runs.permission = permission.future();
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        cancel();
        permission.complete();
        assertThat(await(result).outcome()).isEqualTo(Outcome.CANCELED);
        assertThat(executor.calls).containsExactly("start");
    }

    @Test
    void aRunThatIsCanceledWhileItIsPreparedNeverBegins() {
        Promise<Void> preparation = Promise.promise();
        executor.preparation = preparation.future();
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        cancel();
        // Told without waiting until, as an image that is being pulled, what it needs is there.
        assertThat(await(result).outcome()).isEqualTo(Outcome.CANCELED);
        preparation.complete();
        await(onContext(() -> "what the preparation sets off has run"));
        assertThat(executor.calls).containsExactly("start");
        assertThat(runs.begun).isEmpty();
    }

    @Test
    void whatIsPreparedEvenAfterTheEndOfACanceledRunIsRemoved() {
        Promise<Void> preparation = Promise.promise();
        executor.preparation = preparation.future();
        LifecycleEvent event = event(EventType.CREATE, false);
        Future<LifecycleResult> result = handle(event);
        cancel();
        await(result);
        await(onContext(() -> consumer.committed(event)));
        preparation.complete();
        await(onContext(() -> "what the preparation sets off has run"));
        assertThat(executor.calls).containsExactly("start", "remove " + Fixtures.RUN, "remove " + Fixtures.RUN);
    }

    @Test
    void aRunThatIsCanceledWhileItIsAdoptedIsStoppedAndKeepsItsOutput() {
        Promise<Void> finding = Promise.promise();
        executor.preparation = finding.future();
        executor.leftover = executor.new Script(new RunOutput(100, SecretMasker.none()));
        Future<LifecycleResult> result = handle(event(EventType.CREATE, true));
        cancel();
        assertThat(result.isComplete()).isFalse();
        finding.complete();
        assertThat(await(result).outcome()).isEqualTo(Outcome.CANCELED);
        assertThat(await(result).trace().exitCode()).isEqualTo(143);
        assertThat(executor.calls).containsExactly("adopt", "stop CANCELED PT10S");
        assertThat(runs.begun).hasSize(1);
    }

    @Test
    void aRunThatIsCanceledWhileWhatWasOnlyPreparedIsAdoptedNeverBegins() {
        executor.preparedOnly = true;
        Promise<Void> finding = Promise.promise();
        executor.preparation = finding.future();
        Future<LifecycleResult> result = handle(event(EventType.CREATE, true));
        cancel();
        finding.complete();
        assertThat(await(result).outcome()).isEqualTo(Outcome.CANCELED);
        assertThat(executor.calls).containsExactly("adopt");
    }

    @Test
    void aRunThatIsCanceledAfterItsPermissionIsStoppedAsSoonAsItHasBegun() {
        Promise<Void> starting = Promise.promise();
        executor.starting = starting.future();
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        cancel();
        starting.complete();
        assertThat(await(result).outcome()).isEqualTo(Outcome.CANCELED);
        assertThat(executor.calls).containsExactly("start", "begun", "stop CANCELED PT10S");
    }

    @Test
    void aRunThatIsCanceledWhileItWaitsForAPlaceNeverBegins() {
        Promise<Void> starting = Promise.promise();
        executor.starting = starting.future();
        executor.withdrawn = starting::tryFail;
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        cancel();
        assertThat(await(result).outcome()).isEqualTo(Outcome.CANCELED);
        assertThat(await(result).trace().exitCode()).isNull();
        assertThat(executor.calls).containsExactly("start");
    }

    @Test
    void cancelingWhatIsUnknownOrOverDoesNothing() {
        cancel();
        Future<LifecycleResult> result = handle(event(EventType.CREATE, false));
        await(executor.begun.future()).end(Exit.Reason.EXITED, 0);
        await(result);
        cancel();
        assertThat(executor.calls).containsExactly("start", "begun");
    }
}
