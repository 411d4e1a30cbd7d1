package io.factotum.host.plugin.lent;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A call from the host into a plugin: on the plugin's context and class loader, with the answer on the caller's context.
 * Whatever the plugin throws is a failed future.
 */
public final class PluginCall {

    private final Context context;
    private final ClassLoader loader;
    private final Set<Promise<?>> pending = ConcurrentHashMap.newKeySet();
    private volatile boolean serving = true;
    private volatile boolean ended;

    /** Into the plugin of that context and class loader. */
    public PluginCall(Context context, ClassLoader loader) {
        this.context = context;
        this.loader = loader;
    }

    /** Calls something that answers with a future. */
    @SuppressWarnings("unchecked") // A future only gives its value out.
    public <T> Future<T> async(Callable<? extends Future<? extends T>> body) {
        Promise<T> answer = answer();
        if (ended) {
            return answer.future();
        }
        context.runOnContext(ignored -> {
            try {
                Future<T> future = (Future<T>) inLoader(loader, body);
                if (future == null) {
                    throw new NullPointerException("it returned null. Expected a Future");
                }
                future.onComplete(answer::tryComplete, answer::tryFail);
            } catch (Throwable thrown) {
                answer.tryFail(thrown);
            }
        });
        return answer.future();
    }

    /** Calls something quick that answers at once. */
    public <T> Future<T> sync(Callable<T> body) {
        return async(() -> Future.succeededFuture(body.call()));
    }

    /** Calls something that may block, on a thread of the plugin's pool whatever its threading. */
    public <T> Future<T> blocking(Callable<T> body) {
        Promise<T> answer = answer();
        if (ended) {
            return answer.future();
        }
        // Answered from the pool's thread: the way over the plugin's context would be one more to wait for.
        context.<@Nullable Void>executeBlocking(
                        () -> {
                            try {
                                answer.tryComplete(inLoader(loader, body));
                            } catch (Throwable thrown) {
                                answer.tryFail(thrown);
                            }
                            return null;
                        },
                        false)
                .onFailure(answer::tryFail);
        return answer.future();
    }

    /** Whether the plugin may still answer lifecycle events. */
    public boolean isServing() {
        return serving;
    }

    /** Whether it is stopped, so that nothing is done for it any more. */
    boolean hasEnded() {
        return ended;
    }

    /** The plugin is about to be stopped: its events are taken from it. */
    public void withdraw() {
        serving = false;
    }

    /** The plugin is stopped: what it has not answered by now it never will. */
    public void end() {
        ended = true;
        pending.forEach(answer -> answer.tryFail(stopped()));
    }

    private static Exception stopped() {
        return new PluginStoppedException();
    }

    private <T> Promise<T> answer() {
        Promise<T> answer = ((VertxInternal) context.owner()).promise();
        pending.add(answer);
        answer.future().onComplete(ignored -> pending.remove(answer));
        if (ended) {
            answer.tryFail(stopped());
        }
        return answer;
    }

    private static <T> T inLoader(ClassLoader loader, Callable<T> body) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return body.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
