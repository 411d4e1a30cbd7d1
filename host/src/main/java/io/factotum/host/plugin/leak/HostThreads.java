package io.factotum.host.plugin.leak;

import io.vertx.core.impl.VertxThread;
import io.vertx.core.spi.VertxThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes the threads of Vert.x on a thread of the host. Vert.x starts them when they are first needed, and a new thread
 * inherits the context class loader, the access control context and the inheritable ThreadLocals of whoever needs it: of
 * a plugin, whose classes it would hold for ever.
 */
public final class HostThreads implements VertxThreadFactory {

    /** Apart, so that its thread needs nothing of a class that is still being initialised. */
    private static final class Maker implements ThreadFactory {

        private static final Executor THREAD = start();

        private static Executor start() {
            ThreadPoolExecutor executor =
                    new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new Maker());
            executor.prestartAllCoreThreads();
            return executor;
        }

        @Override
        public Thread newThread(Runnable work) {
            Thread thread = new Thread(null, work, "host-thread-maker", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(HostThreads.class.getClassLoader());
            return thread;
        }
    }

    /** Made by the service loader, when the first Vert.x is: of the host, before there is any plugin. */
    public HostThreads() {
        CompletableFuture.runAsync(() -> {}, Maker.THREAD).join();
    }

    @Override
    public VertxThread newVertxThread(
            Runnable target, String name, boolean worker, long maxExecTime, TimeUnit maxExecTimeUnit) {
        // Joined, not got: a thread that is interrupted needs threads too.
        return CompletableFuture.supplyAsync(
                        () -> new VertxThread(target, name, worker, maxExecTime, maxExecTimeUnit), Maker.THREAD)
                .join();
    }
}
