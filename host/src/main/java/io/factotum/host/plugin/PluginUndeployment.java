package io.factotum.host.plugin;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Ends the deployment of one life of a plugin, and waits until its code has let go of the host's threads. */
final class PluginUndeployment {

    private static final Duration MAX_GRACE = Duration.ofSeconds(5);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(20);

    private final PluginHome home;
    private final String pool;
    private final String loaderName;

    /** Of the life with that pool of threads and that class loader. */
    PluginUndeployment(PluginHome home, String pool, String loaderName) {
        this.home = home;
        this.pool = pool;
        this.loaderName = loaderName;
    }

    /** Fails with a {@link StuckException} if its code holds on to a thread of the host. */
    Future<Void> undeploy(String deploymentId) {
        Future<Void> undeployed = home.vertx().undeploy(deploymentId);
        Duration stopTimeout = home.settings().stopTimeout();
        Duration grace = stopTimeout.compareTo(MAX_GRACE) < 0 ? stopTimeout : MAX_GRACE;
        return home.within(stopTimeout.plus(grace), undeployed)
                .recover(late -> {
                    threads().interrupt();
                    return home.within(grace, undeployed);
                })
                .transform(answer -> letGo(System.nanoTime() + grace.toNanos(), answer.succeeded()));
    }

    /** Whatever it answered: it has let go when none of its code runs on a thread that is not its own. */
    private Future<Void> letGo(long until, boolean undeployed) {
        PluginThreads threads = threads();
        threads.interrupt();
        if (threads.none() && undeployed) {
            return Future.succeededFuture();
        }
        if (threads.none() || System.nanoTime() > until) {
            return Future.failedFuture(new StuckException(threads.text()));
        }
        return home.vertx()
                .timer(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                .compose(ignored -> letGo(until, undeployed));
    }

    /** Where its code runs now, on threads that the host has lent it. */
    PluginThreads threads() {
        return PluginThreads.lentTo(pool, loaderName);
    }
}
