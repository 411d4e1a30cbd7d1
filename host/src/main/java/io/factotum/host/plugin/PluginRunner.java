package io.factotum.host.plugin;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What runs under one id: has a jar made and started, in the place of another if one runs, which comes back if that fails.
 * Used on the home context only, for one thing at a time.
 */
final class PluginRunner {

    private final String id;
    private final PluginHome home;
    private final PluginLauncher launcher;
    private final PluginRegister register;

    /** What runs, or does not let go. */
    private @Nullable PluginSlot slot;

    private boolean stuck;

    /** What the last one met in whose place another runs. */
    private String trouble = "";

    private long started;

    PluginRunner(String id, PluginHome home) {
        this.id = id;
        this.home = home;
        this.launcher = new PluginLauncher(home);
        this.register = home.register();
    }

    @Nullable
    PluginSlot slot() {
        return slot;
    }

    /** Whether what is to be stopped holds on to a thread of the host; nothing else of its id can run then. */
    boolean isStuck() {
        return stuck;
    }

    /** Why what was loaded last does not run, if another runs in its place. */
    String trouble() {
        return trouble;
    }

    /** Its place among the starts of all plugins. */
    long started() {
        return started;
    }

    /** Makes and starts a jar where nothing runs. The register tells what has become of it. */
    Future<Void> first(StagedJar jar) {
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

    /** The same in the place of what runs: that is stopped once the new one is made, and comes back if it does not start. */
    Future<Void> replace(PluginSlot old, StagedJar jar) {
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

    /** With how it stopped, if that was bad. */
    static String and(String reason, PluginSlot stopped) {
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

    /** Stops what runs; fails if it does not let go, and then it stays here. */
    Future<Void> stop(PluginSlot running, String reason) {
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
