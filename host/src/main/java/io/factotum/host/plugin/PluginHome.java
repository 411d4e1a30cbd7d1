package io.factotum.host.plugin;

import io.factotum.host.plugin.leak.LeakWatch;
import io.factotum.host.plugin.lent.Loan;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all plugins of one host share.
 *
 * @param context on which every decision is taken
 * @param loans by plugin id, what those that are active have registered
 * @param hosts on which the host was started: it serves HTTP there
 * @param hostStops completes when the host begins to stop
 * @param endedByStop what must not be waited for then
 */
record PluginHome(
        VertxInternal vertx,
        Context context,
        Context hosts,
        PluginSettings settings,
        PluginServices services,
        PluginWatch watch,
        PluginRegister register,
        ServedTypes types,
        Map<String, Loan> loans,
        PluginSwitches switches,
        LeakWatch leaks,
        Future<Void> hostStops,
        Set<Promise<?>> endedByStop,
        Map<String, Integer> generations,
        AtomicLong starts) {

    static PluginHome of(
            VertxInternal vertx, PluginSettings settings, PluginServices services, Future<Void> hostStops) {
        Set<Promise<?>> endedByStop = ConcurrentHashMap.newKeySet();
        hostStops.onSuccess(ignored -> endedByStop.forEach(PluginHome::end));
        return new PluginHome(
                vertx,
                // Of no deployment: what is deployed from a verticle's context would be stopped with it, in any order.
                vertx.createEventLoopContext(),
                vertx.getOrCreateContext(),
                settings,
                services,
                new PluginWatch(vertx, settings),
                new PluginRegister(vertx.eventBus(), services.clock(), services.meters()),
                new ServedTypes(),
                new ConcurrentHashMap<>(),
                new PluginSwitches(services.documents(PluginSwitches.NAMESPACE)),
                new LeakWatch(vertx, services.clock()),
                hostStops,
                endedByStop,
                new ConcurrentHashMap<>(),
                new AtomicLong());
    }

    /** Counts the lives of one id from 1. */
    int nextGeneration(String id) {
        return generations.merge(id, 1, Integer::sum);
    }

    /** The same answer, or a failure once the host stops. Leaves nothing behind that would hold it. */
    <T> Future<T> untilHostStops(Future<T> answer) {
        Promise<T> first = vertx.promise();
        endedByStop.add(first);
        answer.onComplete(first::tryComplete, first::tryFail);
        if (isStopping()) {
            end(first);
        }
        return first.future().onComplete(ignored -> endedByStop.remove(first));
    }

    /**
     * Has the next deployment get an event loop that the host can do without, if nobody else is handed one meanwhile: Vert.x
     * hands them out in turn.
     */
    void passOverOwnLoops() {
        EventLoopGroup group = vertx.nettyEventLoopGroup();
        List<Object> inTurn = new ArrayList<>();
        Iterator<?> loops = group.iterator();
        loops.forEachRemaining(inTurn::add);
        for (int passed = 0; passed < inTurn.size(); passed++) {
            Object next = inTurn.get((inTurn.indexOf(group.next()) + 1) % inTurn.size());
            if (next != loopOf(context) && next != loopOf(hosts)) {
                return;
            }
        }
    }

    /** Whether a context shares its event loop with what the host cannot do without. */
    boolean isOnLoopOfHost(Context plugins) {
        return loopOf(plugins) == loopOf(context) || loopOf(plugins) == loopOf(hosts);
    }

    private static EventLoop loopOf(Context any) {
        return ((ContextInternal) any).nettyEventLoop();
    }

    /** The same answer, or a failure once that time is over. */
    <T> Future<T> within(Duration limit, Future<T> answer) {
        Promise<T> first = vertx.promise();
        long timer = vertx.setTimer(
                Math.max(1, limit.toMillis()),
                ignored -> first.tryFail(new TimeoutException("it did not answer within " + limit)));
        answer.onComplete(first::tryComplete, first::tryFail);
        return first.future().onComplete(ignored -> vertx.cancelTimer(timer));
    }

    private static void end(Promise<?> waited) {
        waited.tryFail(new TimeoutException("the host stops"));
    }

    boolean isStopping() {
        return hostStops.isComplete();
    }
}
