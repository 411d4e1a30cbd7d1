package io.factotum.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.PluginContext;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.metrics.Meters;
import io.factotum.api.metrics.Timer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The plugin, started as a host starts it, on a context of its own. */
final class Served {

    static final int HOST_SLOTS = 8;

    final MemoryRuns runs;

    /** What was measured, by answer. */
    final List<String> measured = new CopyOnWriteArrayList<>();

    private final Meters meters = meters(measured);
    volatile int slots = -1;
    private final Context context;
    private final WebhookPlugin plugin = new WebhookPlugin();
    private final JsonObject config;
    private volatile LifecycleHandler handler;

    private Served(Vertx vertx, JsonObject config, MemoryRuns runs) {
        this.context = vertx.getOrCreateContext();
        this.config = config;
        this.runs = runs;
    }

    /** With that configuration; the waits between attempts are short. */
    static Served start(Vertx vertx, JsonObject config, MemoryRuns runs) {
        JsonObject quick = new JsonObject().put("retry-delay", "PT0.02S").put("retry-delay-max", "PT0.1S");
        Served served = new Served(vertx, quick.mergeIn(config), runs);
        served.await(() -> served.plugin.start(served.lent(vertx)));
        return served;
    }

    /** What the plugin uses of what a host lends; all else would fail the test. */
    private PluginContext lent(Vertx vertx) {
        return (PluginContext) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {PluginContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "version" -> "1.2.3";
                    case "vertx" -> vertx;
                    case "clock" -> Clock.systemUTC();
                    case "config" -> config;
                    case "configName" -> "webhook.yaml";
                    case "hostSlots" -> HOST_SLOTS;
                    case "runs" -> runs;
                    case "secrets" -> Fixtures.BOX;
                    case "blocking" -> vertx.executeBlocking((Callable<?>) arguments[0]);
                    case "meters" -> meters;
                    case "slots" -> {
                        slots = (int) arguments[0];
                        yield null;
                    }
                    case "serve" -> {
                        handler = (LifecycleHandler) arguments[1];
                        yield Future.succeededFuture();
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static Meters meters(List<String> measured) {
        return (Meters) Proxy.newProxyInstance(
                Meters.class.getClassLoader(), new Class<?>[] {Meters.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName() + arguments[0]).isEqualTo("timerattempts");
                    String answer = ((String[]) arguments[2])[1];
                    return (Timer) took -> measured.add(answer);
                });
    }

    Future<LifecycleResult> deliver(LifecycleEvent event) {
        return onContext(() -> handler.handle(event));
    }

    LifecycleResult handle(LifecycleEvent event) {
        return await(() -> handler.handle(event));
    }

    void cancel(UUID run) {
        await(() -> handler.cancel(run));
    }

    /** A while later: what is under way then is waiting. */
    void cancelLater(UUID run, Vertx vertx) {
        vertx.setTimer(100, now -> onContext(() -> handler.cancel(run)));
    }

    void stop() {
        await(plugin::stop);
    }

    private <T> T await(Supplier<? extends Future<? extends T>> call) {
        return await(onContext(call));
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new AssertionError(failure.getCause());
        } catch (TimeoutException late) {
            throw new AssertionError("Waited in vain for 20 s.", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
    }

    private <T> Future<T> onContext(Supplier<? extends Future<? extends T>> call) {
        Promise<T> answer = Promise.promise();
        context.runOnContext(now -> {
            try {
                call.get().onComplete(answer::complete, answer::fail);
            } catch (RuntimeException thrown) {
                answer.fail(thrown);
            }
        });
        return answer.future();
    }
}
