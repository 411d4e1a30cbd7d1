package io.factotum.host.plugin;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One plugin, whatever jar it comes from: brings what runs to what is wanted, one step after the other. Used on the
 * home context only.
 */
final class ManagedPlugin {

    private static final Logger LOG = LoggerFactory.getLogger(ManagedPlugin.class);
    private static final String SWITCHED_OFF = "It is switched off.";

    private final String id;
    private final PluginHome home;
    private final PluginRegister register;
    private final PluginRunner runner;
    private Future<Void> queue = Future.succeededFuture();

    private @Nullable String file;

    /** What the directory holds, as far as the queue has come; null once its jar is gone. */
    private @Nullable StagedJar wanted;

    /** What was tried last, to be let be until its bytes change or somebody asks. */
    private String tried = "";

    ManagedPlugin(String id, PluginHome home) {
        this.id = id;
        this.home = home;
        this.register = home.register();
        this.runner = new PluginRunner(id, home);
    }

    /** The file that it is loaded from, or is to be; null once that is gone. */
    @Nullable
    String file() {
        return file;
    }

    @Nullable
    StagedJar wanted() {
        return wanted;
    }

    @Nullable
    PluginSlot slot() {
        return runner.slot();
    }

    /** Why what was loaded last does not run, if another runs in its place. */
    String trouble() {
        return runner.trouble();
    }

    /** Its place among the starts of all plugins. */
    long started() {
        return runner.started();
    }

    /** Completes when nothing of what was asked until now is left to do. Never fails. */
    Future<Void> settled() {
        return queue;
    }

    /** Whether there is nothing of it to be told or stopped. */
    boolean isGone() {
        return file == null && runner.slot() == null && queue.isComplete();
    }

    /**
     * Its jar is new in the directory, or has changed, or goes by another name.
     *
     * @param predecessors what is waited for, however it ends
     */
    Future<Void> install(StagedJar jar, Future<Void> predecessors) {
        file = jar.file();
        queue = Future.join(queue, predecessors).transform(done -> Future.succeededFuture());
        return next(() -> {
            wanted = jar;
            return bring(jar, false);
        });
    }

    /** Tries what the directory holds once more, whatever became of it, unless it is switched off. */
    Future<Void> retry() {
        return next(() -> wanted == null ? Future.succeededFuture() : bring(wanted, true));
    }

    /** Loads what runs afresh, with its configuration read anew. */
    Future<Void> reload() {
        return next(() -> runner.slot() == null || runner.isStuck() ? Future.succeededFuture() : loadAfresh());
    }

    /** It is switched off or on, perhaps through another host: follows if it was otherwise here. */
    void switched(boolean off) {
        boolean isOff = register.find(id)
                .filter(entry -> entry.state() == PluginState.DISABLED)
                .isPresent();
        if (off != isOff && wanted != null && !runner.isStuck() && queue.isComplete()) {
            retry();
        }
    }

    /** Does something once everything asked before is done. */
    Future<Void> inTurn(Supplier<Future<Void>> step) {
        Promise<Void> outcome = Promise.promise();
        // Also what it throws is told to who waits for it.
        return next(() -> Future.<Void>succeededFuture()
                        .compose(turn -> step.get())
                        .onComplete(outcome)
                        .otherwiseEmpty())
                .compose(done -> outcome.future());
    }

    /** Loads it with its configuration read anew: what runs, or else what the directory holds. Only in turn. */
    Future<Void> loadAfresh() {
        PluginSlot running = runner.slot();
        StagedJar there = wanted;
        if (running != null) {
            return runner.replace(running, running.jar());
        }
        return there == null ? Future.succeededFuture() : bring(there, true);
    }

    /** Runs that jar, which has run well before and lies in the directory again. */
    Future<Void> goBackTo(StagedJar good) {
        return next(() -> {
            wanted = good;
            return bring(good, true);
        });
    }

    /** Its jar is gone. */
    Future<Void> uninstall() {
        file = null;
        return next(() -> {
            StagedJar last = wanted;
            wanted = null;
            tried = "";
            PluginSlot running = runner.slot();
            if (running == null) {
                if (last != null) {
                    register.removed(last, null);
                }
                return Future.succeededFuture();
            }
            return runner.stop(running, "Its jar is gone from the plugins directory.")
                    .onSuccess(let -> register.removed(running.jar(), running.stopFailure()));
        });
    }

    /** The host stops. */
    Future<Void> shutDown() {
        return next(() -> {
            PluginSlot running = runner.slot();
            return running == null
                    ? Future.succeededFuture()
                    : runner.stop(running, "The host stops.")
                            .onSuccess(
                                    let -> register.reached(running.jar(), PluginState.STOPPED, running.stopFailure()));
        });
    }

    private Future<Void> next(Supplier<Future<Void>> step) {
        queue = queue.transform(before -> step.get()).recover(thrown -> {
            if (!(thrown instanceof StuckException)) {
                LOG.error("Plugin cannot be brought to where it should be plugin={}", id, thrown);
            }
            return Future.succeededFuture();
        });
        return queue;
    }

    private Future<Void> bring(StagedJar jar, boolean again) {
        if (home.isStopping()) {
            return Future.succeededFuture();
        }
        return home.switches().isOff(id).compose(off -> off ? switchedOff(jar) : run(jar, again), thrown -> {
            tried = "";
            register.failed(jar, "config", "Cannot find out whether it is switched off: " + thrown.getMessage(), null);
            return Future.succeededFuture();
        });
    }

    private Future<Void> switchedOff(StagedJar jar) {
        tried = "";
        PluginSlot running = runner.slot();
        if (running == null) {
            register.reached(jar, PluginState.DISABLED, SWITCHED_OFF);
            return Future.succeededFuture();
        }
        return runner.stop(running, SWITCHED_OFF)
                .onSuccess(let -> register.reached(jar, PluginState.DISABLED, PluginRunner.and(SWITCHED_OFF, running)));
    }

    private Future<Void> run(StagedJar jar, boolean again) {
        PluginSlot running = runner.slot();
        if (runner.isStuck() && running != null) {
            register.noted(
                    id,
                    "Cannot load %s: %s holds on to a thread. Start the host again."
                            .formatted(jar.label(), running.jar().label()));
            return Future.succeededFuture();
        }
        if (running != null && !again && running.jar().sha256().equals(jar.sha256())) {
            tried = jar.sha256();
            if (!register.runsUndisturbed(jar)) {
                register.reached(jar, PluginState.ACTIVE);
            }
            return Future.succeededFuture();
        }
        if (!again && jar.sha256().equals(tried)) {
            return Future.succeededFuture();
        }
        tried = jar.sha256();
        return running == null ? runner.first(jar) : runner.replace(running, jar);
    }
}
