package io.factotum.host.plugin.lent;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lends a store of the host to a plugin: the work is done on the host's context, and the answer comes on the plugin's.
 * Work of the host on the plugin's context would be cut off when that is closed, with a connection in its hands.
 */
public final class OnHost {

    private static final Logger LOG = LoggerFactory.getLogger(OnHost.class);

    private OnHost() {}

    /** That store, until the plugin has ended. */
    public static <T> T lend(Class<T> type, T store, Context host, PluginCall plugin) {
        VertxInternal vertx = (VertxInternal) host.owner();
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (!Future.class.isAssignableFrom(method.getReturnType())) {
                        return method.invoke(store, arguments);
                    }
                    Promise<Object> answer = vertx.promise();
                    // What comes late must not meddle with what the next life of the plugin does.
                    if (plugin.hasEnded()) {
                        answer.fail(new PluginStoppedException());
                        return answer.future();
                    }
                    host.runOnContext(ignored -> {
                        try {
                            pass((Future<?>) method.invoke(store, arguments), answer);
                        } catch (InvocationTargetException thrown) {
                            answer.tryFail(thrown.getCause());
                        } catch (IllegalAccessException | RuntimeException unforeseen) {
                            answer.tryFail(unforeseen);
                        }
                    });
                    return answer.future();
                }));
    }

    /** What the host answers, on the plugin's context. */
    public static <T> Future<T> answer(Future<T> hosts, Context plugins) {
        Promise<T> answer = ((ContextInternal) plugins).promise();
        pass(hosts, answer);
        return answer.future();
    }

    private static <T> void pass(Future<? extends T> hosts, Promise<T> answer) {
        hosts.onComplete(done -> tell(() -> answer.tryComplete(done)), failed -> tell(() -> answer.tryFail(failed)));
    }

    // Thrown on, it would end the work of whoever answers, as the handing back of a connection.
    private static void tell(Runnable answer) {
        try {
            answer.run();
        } catch (RejectedExecutionException gone) {
            LOG.debug("A plugin has ended before the host answered it", gone);
        }
    }
}
