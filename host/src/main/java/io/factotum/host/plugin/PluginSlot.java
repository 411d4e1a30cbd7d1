package io.factotum.host.plugin;

import io.factotum.api.Plugin;
import io.factotum.host.config.ConfigFile;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's own deployable round one plugin. To Vert.x it never fails: a failed deployment would stay in Vert.x for
 * ever, and one that does not answer could not be undeployed.
 */
final class PluginSlot implements Deployable {

    private enum Phase {
        CONFIG("configure"),
        LOAD("load"),
        CONSTRUCT("construct"),
        START("start");

        private final String verb;

        Phase(String verb) {
            this.verb = verb;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(PluginSlot.class);
    private static final Duration MAX_GRACE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final StagedJar jar;
    private final PluginSettings settings;
    private final PluginServices services;
    private final Consumer<ServedType> onServed;
    private final Future<Void> hostStops;
    private final PluginClassLoader loader;
    private @Nullable String deploymentId;
    private volatile Phase phase = Phase.LOAD;
    private volatile @Nullable Context context;
    private volatile @Nullable Plugin plugin;
    private volatile @Nullable HostPluginContext lent;

    PluginSlot(
            Vertx vertx,
            StagedJar jar,
            PluginSettings settings,
            PluginServices services,
            Consumer<ServedType> onServed,
            Future<Void> hostStops) {
        this.vertx = vertx;
        this.jar = jar;
        this.settings = settings;
        this.services = services;
        this.onServed = onServed;
        this.hostStops = hostStops;
        this.loader = new PluginClassLoader(jar.label(), jar.copy(), Plugin.class.getClassLoader());
    }

    StagedJar jar() {
        return jar;
    }

    String phase() {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    /** Gives the plugin a context and threads of its own. */
    Future<Void> open() {
        PluginDescriptor descriptor = jar.descriptor();
        DeploymentOptions options = new DeploymentOptions()
                .setThreadingModel(descriptor.threading())
                .setWorkerPoolName("plugin-" + descriptor.id())
                .setWorkerPoolSize(descriptor.workerPoolSize())
                .setClassLoader(loader);
        return vertx.deployVerticle(this, options)
                .onSuccess(id -> deploymentId = id)
                .mapEmpty();
    }

    @Override
    public Future<?> deploy(Context deployed) {
        context = deployed;
        return Future.succeededFuture();
    }

    /** Reads the configuration, loads the main class and makes the plugin; fails with a {@link PluginFailure}. */
    Future<Void> resolve() {
        PluginCall call = call();
        return told(untilHostStops(within(settings.startTimeout(), call.blocking(() -> make(call)))));
    }

    /** Starts the plugin; fails with a {@link PluginFailure}. */
    Future<Void> start() {
        phase = Phase.START;
        Plugin made = plugin;
        HostPluginContext lentContext = lent;
        if (made == null || lentContext == null) {
            throw new IllegalStateException("Cannot start plugin '%s': it is not made.".formatted(jar.label()));
        }
        return told(untilHostStops(
                        within(settings.startTimeout(), call().<Object>async(() -> made.start(lentContext)))))
                .mapEmpty();
    }

    /** Stops the plugin and takes back what is bound to its context; fails if it holds on to its thread. */
    Future<Void> close() {
        if (deploymentId == null) {
            return Future.succeededFuture();
        }
        Duration grace = settings.stopTimeout().compareTo(MAX_GRACE) < 0 ? settings.stopTimeout() : MAX_GRACE;
        return within(settings.stopTimeout().plus(grace), vertx.undeploy(deploymentId));
    }

    /** A stop that fails or does not answer ends here, so that Vert.x goes on to close what the plugin left open. */
    @Override
    public Future<?> undeploy(Context deployed) {
        HostPluginContext lentContext = lent;
        if (lentContext != null) {
            lentContext.end();
        }
        Plugin made = plugin;
        plugin = null;
        lent = null;
        if (made == null) {
            return Future.succeededFuture();
        }
        return within(settings.stopTimeout(), call().<Object>async(made::stop))
                .onFailure(this::stopFailed)
                .otherwiseEmpty();
    }

    private void stopFailed(Throwable thrown) {
        PluginFailure failure = PluginFailure.of(
                "Cannot stop plugin '%s'".formatted(jar.descriptor().id()), thrown);
        LOG.warn("Plugin stopped badly plugin={} reason={}\n{}", jar.label(), failure.text(), failure.trace());
    }

    /** Frees the jar. Blocks. */
    @Nullable
    Void closeLoader() throws IOException {
        loader.close();
        return null;
    }

    private @Nullable Void make(PluginCall call) throws Exception {
        String id = jar.descriptor().id();
        phase = Phase.CONFIG;
        JsonObject config = ConfigFile.read(settings.configOf(id));
        Files.createDirectories(settings.dataOf(id));
        lent = new HostPluginContext(jar, settings, services, config, context(), call, onServed);
        phase = Phase.LOAD;
        Class<?> main = Class.forName(jar.descriptor().main(), true, loader);
        if (!Plugin.class.isAssignableFrom(main)) {
            throw new ClassCastException(
                    "class %s does not implement %s".formatted(main.getName(), Plugin.class.getName()));
        }
        phase = Phase.CONSTRUCT;
        try {
            plugin = (Plugin) main.getConstructor().newInstance();
        } catch (InvocationTargetException thrownInside) {
            if (thrownInside.getCause() instanceof Error error) {
                throw error;
            }
            throw thrownInside.getCause() instanceof Exception exception ? exception : thrownInside;
        }
        return null;
    }

    private PluginCall call() {
        return new PluginCall(context(), loader);
    }

    private Context context() {
        Context deployed = context;
        if (deployed == null) {
            throw new IllegalStateException("Cannot call plugin '%s': it is not deployed.".formatted(jar.label()));
        }
        return deployed;
    }

    private <T> Future<T> told(Future<T> answer) {
        return answer.recover(thrown -> Future.failedFuture(PluginFailure.of(
                "Cannot %s plugin '%s'".formatted(phase.verb, jar.descriptor().id()), thrown)));
    }

    private <T> Future<T> untilHostStops(Future<T> answer) {
        Promise<T> first = promise();
        answer.onComplete(first::tryComplete, first::tryFail);
        hostStops.onSuccess(ignored -> first.tryFail(new TimeoutException("the host stops")));
        return first.future();
    }

    private <T> Future<T> within(Duration limit, Future<T> answer) {
        Promise<T> first = promise();
        long timer = vertx.setTimer(
                Math.max(1, limit.toMillis()),
                ignored -> first.tryFail(new TimeoutException("it did not answer within " + limit)));
        answer.onComplete(first::tryComplete, first::tryFail);
        return first.future().onComplete(ignored -> vertx.cancelTimer(timer));
    }

    private <T> Promise<T> promise() {
        return ((VertxInternal) vertx).promise();
    }
}
