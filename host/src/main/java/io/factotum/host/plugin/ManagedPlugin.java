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
    private final PluginLauncher launcher;
    private final PluginRegister register;
    private Future<Void> queue = Future.succeededFuture();

    private @Nullable String file;

    /** What the directory holds, as far as the queue has come; null once its jar is gone. */
    private @Nullable StagedJar wanted;

    /** What was tried last, to be let be until its bytes change or somebody asks. */
    private String tried = "";

    /** What runs, or does not let go. */
    private @Nullable PluginSlot slot;

    private boolean stuck;

    /** What the last one met in whose place another runs. */
    private String trouble = "";

    private long started;

    ManagedPlugin(String id, PluginHome home) {
        this.id = id;
        this.home = home;
        this.launcher = new PluginLauncher(home);
        this.register = home.register();
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
        return slot;
    }

    /** Why what was loaded last does not run, if another runs in its place. */
    String trouble() {
        return trouble;
    }

    /** Its place among the starts of all plugins. */
    long started() {
        return started;
    }

    /** Completes when nothing of what was asked until now is left to do. Never fails. */
    Future<Void> settled() {
        return queue;
    }

    /** Whether there is nothing of it to be told or stopped. */
    boolean isGone() {
        return file == null && slot == null && queue.isComplete();
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
        return next(() -> slot == null || stuck ? Future.succeededFuture() : loadAfresh());
    }

    /** It is switched off or on, perhaps through another host: follows if it was otherwise here. */
    void switched(boolean off) {
        boolean isOff = register.find(id)
                .filter(entry -> entry.state() == PluginState.DISABLED)
                .isPresent();
        if (off != isOff && wanted != null && !stuck && queue.isComplete()) {
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
        PluginSlot running = slot;
        StagedJar there = wanted;
        if (running != null) {
            return replace(running, running.jar());
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
            PluginSlot running = slot;
            if (running == null) {
                if (last != null) {
                    register.removed(last, null);
                }
                return Future.succeededFuture();
            }
            return stop(running, "Its jar is gone from the plugins directory.")
                    .onSuccess(let -> register.removed(running.jar(), running.stopFailure()));
        });
    }

    /** The host stops. */
    Future<Void> shutDown() {
        return next(() -> {
            PluginSlot running = slot;
            return running == null
                    ? Future.succeededFuture()
                    : stop(running, "The host stops.")
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
        PluginSlot running = slot;
        if (running == null) {
            register.reached(jar, PluginState.DISABLED, SWITCHED_OFF);
            return Future.succeededFuture();
        }
        return stop(running, SWITCHED_OFF)
                .onSuccess(let -> register.reached(jar, PluginState.DISABLED, and(SWITCHED_OFF, running)));
    }

    private Future<Void> run(StagedJar jar, boolean again) {
        PluginSlot running = slot;
        if (stuck && running != null) {
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
        return running == null ? first(jar) : replace(running, jar);
    }

    private Future<Void> first(StagedJar jar) {
        register.reached(jar, PluginState.STAGED, "Its jar is checked and copied.");
        return launcher.make(jar, null)
                .compose(made -> {
                    register.reached(
                            jar, PluginState.RESOLVED, "Its configuration is checked and its main class made.");
                    register.reached(jar, PluginState.STARTING, "It is told to start.");
                    return launcher.start(made);
                })
                .compose(this::runs, thrown -> firstFailed(jar, thrown));
    }

    private Future<Void> runs(PluginSlot newSlot) {
        return runs(newSlot, () -> register.reached(newSlot.jar(), PluginState.ACTIVE));
    }

    private Future<Void> runs(PluginSlot newSlot, Runnable tell) {
        slot = newSlot;
        started = home.starts().incrementAndGet();
        tell.run();
        home.types().active(id);
        newSlot.loan().ifPresent(loan -> home.loans().put(id, loan));
        return home.watch().remember(newSlot.jar());
    }

    /** A host that starts with a bad jar in its directory falls back to the one that ran before. */
    private Future<Void> firstFailed(StagedJar jar, Throwable thrown) {
        LaunchFailure failure = LaunchFailure.of(thrown);
        tellFailed(jar, failure);
        return home.isStopping()
                ? Future.succeededFuture()
                : home.watch()
                        .lastGood(jar)
                        .compose(good -> good == null ? Future.succeededFuture() : goBack(good, null, jar, failure));
    }

    private void tellFailed(StagedJar jar, LaunchFailure failure) {
        if (failure.isStuck()) {
            register.stuck(jar, failure.text(), failure.stack());
        } else {
            register.failed(jar, failure.phase(), failure.text(), failure.stack());
        }
    }

    private Future<Void> replace(PluginSlot old, StagedJar jar) {
        register.noted(id, "%s is to take its place.".formatted(jar.label()));
        return launcher.make(jar, null).compose(made -> swap(old, made), thrown -> {
            LaunchFailure failure = LaunchFailure.of(thrown);
            register.rolledBack(old.jar(), PluginState.ACTIVE, jar, instead(old.jar(), jar, failure));
            return Future.succeededFuture();
        });
    }

    private Future<Void> swap(PluginSlot old, PluginSlot made) {
        return stop(old, "%s takes its place.".formatted(made.jar().label()))
                .compose(
                        let -> {
                            register.reached(
                                    made.jar(),
                                    PluginState.STARTING,
                                    and(
                                            "It takes the place of %s."
                                                    .formatted(old.jar().label()),
                                            old));
                            return launcher.start(made)
                                    .compose(
                                            this::runs,
                                            thrown -> goBack(old.jar(), old, made.jar(), LaunchFailure.of(thrown)));
                        },
                        // Two of one id must not run: what was made is of no use.
                        held -> launcher.takeDown(made).transform(down -> Future.<Void>failedFuture(held)));
    }

    private static String and(String reason, PluginSlot stopped) {
        return stopped.stopFailure() == null ? reason : reason + " " + stopped.stopFailure();
    }

    private Future<Void> goBack(StagedJar good, @Nullable PluginSlot old, StagedJar bad, LaunchFailure failure) {
        StagedJar back = good.in(bad.file());
        String reason = instead(back, bad, failure);
        register.rolledBack(back, PluginState.STARTING, bad, reason);
        return launcher.make(back, old)
                .compose(launcher::start)
                .compose(
                        running -> runs(running, () -> register.rolledBack(back, PluginState.ACTIVE, bad, reason)),
                        thrown -> {
                            LaunchFailure again = LaunchFailure.of(thrown);
                            register.failed(
                                    bad,
                                    failure.phase(),
                                    "%s Nor can %s run again: %s".formatted(failure.text(), back.label(), again.text()),
                                    failure.stack());
                            return Future.succeededFuture();
                        });
    }

    private String instead(StagedJar good, StagedJar bad, LaunchFailure failure) {
        trouble = failure.text();
        return "Cannot run %s: %s %s runs in its place; drop another jar, or retry."
                .formatted(bad.label(), failure.text(), good.label());
    }

    /** Fails if it does not let go; then it stays here. */
    private Future<Void> stop(PluginSlot running, String reason) {
        if (stuck) {
            return Future.failedFuture(new StuckException(""));
        }
        register.reached(running.jar(), PluginState.STOPPING, reason);
        return launcher.takeDown(running).onSuccess(let -> slot = null).onFailure(thrown -> {
            stuck = true;
            register.stuck(
                    running.jar(),
                    "Cannot stop plugin '%s': %s. Its id stays taken until the host is started again."
                            .formatted(id, thrown.getMessage()),
                    thrown instanceof StuckException held ? held.stack() : null);
        });
    }
}
