package io.factotum.host.plugin;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.Callable;

/**
 * A call from the host into a plugin: on the plugin's context and class loader, with the answer on the caller's context.
 * Whatever the plugin throws is a failed future.
 */
final class PluginCall {

    private final Context context;
    private final ClassLoader loader;

    PluginCall(Context context, ClassLoader loader) {
        this.context = context;
        this.loader = loader;
    }

    /** Calls something that answers with a future. */
    @SuppressWarnings("unchecked") // A future only gives its value out.
    <T> Future<T> async(Callable<? extends Future<? extends T>> body) {
        Promise<T> answer = answer();
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
    <T> Future<T> sync(Callable<T> body) {
        return async(() -> Future.succeededFuture(body.call()));
    }

    /** Calls something that may block, on a thread of the plugin's pool whatever its threading. */
    <T> Future<T> blocking(Callable<T> body) {
        Promise<T> answer = answer();
        context.executeBlocking(() -> inLoader(loader, body), false).onComplete(answer::tryComplete, answer::tryFail);
        return answer.future();
    }

    private <T> Promise<T> answer() {
        return ((VertxInternal) context.owner()).promise();
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
