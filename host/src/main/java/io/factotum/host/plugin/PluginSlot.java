package io.factotum.host.plugin;

import io.factotum.api.Plugin;
import io.factotum.host.plugin.lent.Loan;
import io.factotum.host.plugin.lent.PluginCall;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
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
        MIGRATE("migrate the tables of"),
        START("start");

        private final String verb;

        Phase(String verb) {
            this.verb = verb;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(PluginSlot.class);
    private static final int LOOP_TRIES = 16;

    private final Vertx vertx;
    private final StagedJar jar;
    private final PluginSettings settings;
    private final PluginServices services;
    private final BiFunction<PluginSlot, ServedType, Future<Void>> onServed;
    private final PluginHome home;
    private final JarMigrations migrations;
    private final PluginClassLoader loader;
    private final String pool;
    private final PluginUndeployment undeployment;
    private volatile @Nullable PluginConfig config;
    private volatile @Nullable PluginCall call;
    private @Nullable String deploymentId;
    private volatile Phase phase = Phase.LOAD;
    private volatile @Nullable Context context;
    private volatile @Nullable Plugin plugin;
    private volatile @Nullable HostPluginContext lent;
    private volatile @Nullable Loan loan;
    private volatile @Nullable String stopFailure;

    /**
     * For one life of one jar.
     *
     * @param before an earlier life whose configuration it is to have, or null to read that
     * @param generation tells the lives of one id apart: each has a class loader and threads of its own
     */
    PluginSlot(
            StagedJar jar,
            @Nullable PluginSlot before,
            int generation,
            PluginHome home,
            BiFunction<PluginSlot, ServedType, Future<Void>> onServed) {
        this.vertx = home.vertx();
        this.jar = jar;
        this.settings = home.settings();
        this.services = home.services();
        this.onServed = onServed;
        this.home = home;
        this.migrations = new JarMigrations(home.watch());
        this.config = before == null ? null : before.config;
        this.pool = "plugin-%s-%d".formatted(jar.descriptor().id(), generation);
        this.loader = new PluginClassLoader(
                generation == 1 ? jar.label() : jar.label() + "~" + generation,
                jar.copy(),
                Plugin.class.getClassLoader());
        this.undeployment = new PluginUndeployment(home, pool, loader.getName());
    }

    StagedJar jar() {
        return jar;
    }

    PluginClassLoader loader() {
        return loader;
    }

    String phase() {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    /** Its configuration without secrets; null before that is read. */
    @Nullable
    JsonObject shownConfig() {
        PluginConfig read = config;
        return read == null ? null : read.shown();
    }

    /** Gives the plugin a context and threads of its own. */
    Future<Void> open() {
        prepareLoader();
        return open(LOOP_TRIES);
    }

    // Meanwhile: to read a large jar's directory takes longer than to deploy. What fails here fails again, and is told,
    // where the class is needed.
    private void prepareLoader() {
        home.watch()
                .blocking(() -> loader.findMain(jar.descriptor().main()))
                .onFailure(unprepared -> LOG.debug("Cannot prepare plugin={}", jar.label(), unprepared));
    }

    private Future<Void> open(int tries) {
        PluginDescriptor descriptor = jar.descriptor();
        if (descriptor.threading() == ThreadingModel.EVENT_LOOP) {
            home.passOverOwnLoops();
        }
        DeploymentOptions options = new DeploymentOptions()
                .setThreadingModel(descriptor.threading())
                .setWorkerPoolName(pool)
                .setWorkerPoolSize(descriptor.workerPoolSize())
                .setClassLoader(loader);
        Future<String> deployed = vertx.deployVerticle(this, options);
        return home.within(settings.startTimeout(), deployed)
                .onFailure(late -> deployed.onSuccess(vertx::undeploy))
                .compose(id -> {
                    deploymentId = id;
                    // A plugin that blocks an event loop must not block the host's own.
                    return tries > 1
                                    && descriptor.threading() == ThreadingModel.EVENT_LOOP
                                    && home.isOnLoopOfHost(context())
                            ? vertx.undeploy(id).compose(ignored -> open(tries - 1))
                            : Future.succeededFuture();
                });
    }

    @Override
    public Future<?> deploy(Context deployed) {
        context = deployed;
        call = new PluginCall(deployed, loader);
        return Future.succeededFuture();
    }

    /** Reads the configuration, loads the main class and makes the plugin; fails with a {@link PluginFailure}. */
    Future<Void> resolve() {
        PluginCall call = call();
        return told(home.untilHostStops(home.within(settings.startTimeout(), call.blocking(() -> make(call)))));
    }

    /** Starts the plugin; fails with a {@link PluginFailure}. */
    Future<Void> start() {
        Plugin made = plugin;
        HostPluginContext lentContext = lent;
        Loan lentThings = loan;
        if (made == null || lentContext == null || lentThings == null) {
            throw new IllegalStateException("Cannot start plugin '%s': it is not made.".formatted(jar.label()));
        }
        phase = Phase.MIGRATE;
        // As long as it takes: what is half done must not be met by another start.
        return told(home.untilHostStops(migrations.run(jar, lentThings.schema())))
                .compose(migrated -> {
                    phase = Phase.START;
                    return told(home.untilHostStops(
                            home.within(settings.startTimeout(), call().<Object>async(() -> made.start(lentContext)))));
                })
                .mapEmpty();
    }

    /** What it has registered with the host; empty before it is made. */
    Optional<Loan> loan() {
        return Optional.ofNullable(loan);
    }

    /** From now on its answers to lifecycle events do not count. */
    void withdraw() {
        PluginCall made = call;
        if (made != null) {
            made.withdraw();
        }
    }

    /** Whether it was told to start, so that it may serve. */
    boolean wasStarted() {
        return phase == Phase.START || phase == Phase.MIGRATE;
    }

    /** Whether what it serves counts. */
    boolean isServing() {
        PluginCall made = call;
        return made != null && made.isServing();
    }

    /**
     * Stops the plugin and takes back what is bound to its context.
     *
     * @return fails with a {@link StuckException} if its code holds on to a thread of the host
     */
    Future<Void> close() {
        String deployed = deploymentId;
        if (deployed == null) {
            return Future.succeededFuture();
        }
        return undeployment.undeploy(deployed).eventually(this::giveBack);
    }

    private Future<Void> giveBack() {
        Loan taken = loan;
        return taken == null ? Future.succeededFuture() : taken.giveBack();
    }

    /** Where its code runs now, on threads that the host has lent it. */
    PluginThreads threads() {
        return undeployment.threads();
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
        return home.within(settings.stopTimeout(), call().<Object>async(made::stop))
                .onFailure(this::stopFailed)
                .otherwiseEmpty()
                .onComplete(ignored -> call().end());
    }

    private void stopFailed(Throwable thrown) {
        PluginFailure failure = PluginFailure.of(
                "Cannot stop plugin '%s'".formatted(jar.descriptor().id()), thrown);
        stopFailure = failure.text();
        LOG.warn("Plugin stopped badly plugin={} reason={}\n{}", jar.label(), failure.text(), failure.trace());
    }

    /** What went wrong when it was stopped, though it has let go. */
    @Nullable
    String stopFailure() {
        return stopFailure;
    }

    private @Nullable Void make(PluginCall call) throws Exception {
        String id = jar.descriptor().id();
        phase = Phase.CONFIG;
        PluginConfig before = config;
        PluginConfig configured = before == null ? PluginConfig.read(settings.configOf(id), jar) : before;
        config = configured;
        Files.createDirectories(settings.dataOf(id));
        Loan things = new Loan(id, call, home.context(), services.meters(), services.schema(id));
        loan = things;
        lent = new HostPluginContext(
                jar,
                settings,
                services,
                things,
                home.context(),
                configured.resolved(),
                context(),
                call,
                served -> onServed.apply(this, served));
        phase = Phase.LOAD;
        Class<?> main = loader.loadMain(jar.descriptor().main());
        phase = Phase.CONSTRUCT;
        plugin = PluginClassLoader.newInstance(main);
        return null;
    }

    private PluginCall call() {
        PluginCall made = call;
        if (made == null) {
            throw new IllegalStateException("Cannot call plugin '%s': it is not deployed.".formatted(jar.label()));
        }
        return made;
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
}
