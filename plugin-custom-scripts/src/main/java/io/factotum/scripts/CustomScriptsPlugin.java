package io.factotum.scripts;

import io.factotum.api.Plugin;
import io.factotum.api.PluginContext;
import io.factotum.api.config.ConfigReader;
import io.factotum.api.health.HealthStatus;
import io.factotum.scripts.executor.EnginePool;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.OrphanSweeper;
import io.factotum.scripts.executor.docker.DockerExecutor;
import io.factotum.scripts.executor.docker.DockerSettings;
import io.factotum.scripts.executor.kubernetes.KubernetesExecutor;
import io.factotum.scripts.executor.process.ProcessExecutor;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an offering's own script at each lifecycle event, in a one-time container. */
public final class CustomScriptsPlugin implements Plugin {

    private static final Logger log = LoggerFactory.getLogger(CustomScriptsPlugin.class);

    /** The document that keeps which executor was chosen last. */
    private static final String CHOSEN_EXECUTOR = "chosen-executor";

    private @Nullable Executor executor;
    private @Nullable OrphanSweeper sweeper;

    @Override
    public Future<?> start(PluginContext context) {
        ConfigReader reader = new ConfigReader(context.configName(), context.config());
        ScriptConfig config = ScriptConfig.read(reader);
        reader.finish();
        return context.documents()
                .get(CHOSEN_EXECUTOR)
                .map(before ->
                        before.map(document -> document.getString("name")).orElse(""))
                .compose(before -> executors(context, config, before).choose())
                .compose(chosen -> context.documents()
                        .put(CHOSEN_EXECUTOR, new JsonObject().put("name", chosen.name()))
                        .compose(remembered -> serve(context, config, chosen)));
    }

    /** Scripts that run go on, to be adopted at the next start. */
    @Override
    public Future<?> stop() {
        Future<Void> swept = sweeper == null ? Future.succeededFuture() : sweeper.stop();
        Executor running = executor;
        return running == null ? swept : swept.eventually(running::close);
    }

    private static Executors executors(PluginContext context, ScriptConfig config, String before) {
        return new Executors(
                config,
                context.allowsProcesses(),
                before.equals(ScriptConfig.DOCKER),
                () -> docker(context, config),
                new Executors.Cluster(
                        before.equals(ScriptConfig.KUBERNETES) || KubernetesExecutor.isInCluster(),
                        () -> new KubernetesExecutor(
                                context.vertx(),
                                config.kubernetes().settings(context.installId(), config.stopGrace()))),
                () -> new ProcessExecutor(
                        context.vertx(), context.dataDirectory().resolve("runs")));
    }

    private static Executor docker(PluginContext context, ScriptConfig config) {
        DockerConfig docker = config.docker();
        List<EnginePool.Engine> engines = docker.engines().stream()
                .map(engine -> new EnginePool.Engine(
                        engine.name(),
                        slots(context, engine.slots()),
                        engine(context, config, engine.host(), engine.slots())))
                .toList();
        if (!engines.isEmpty()) {
            return new EnginePool(context.vertx(), engines, context.runs()::reference, context::slots);
        }
        return engine(context, config, docker.host().isEmpty() ? null : docker.host(), docker.slots());
    }

    private static int slots(PluginContext context, int configured) {
        return configured == 0 ? context.hostSlots() : configured;
    }

    private static Executor engine(PluginContext context, ScriptConfig config, @Nullable String host, int slots) {
        DockerConfig docker = config.docker();
        return new DockerExecutor(
                context.vertx(),
                new DockerSettings(
                        host,
                        context.installId(),
                        docker.init(),
                        docker.pulls(),
                        docker.sandboxes().maximumAge(),
                        docker.volumes(),
                        config.allowances().standardUser(),
                        config.warmSettings(slots(context, slots))));
    }

    private Future<Void> serve(PluginContext context, ScriptConfig config, Executor chosen) {
        executor = chosen;
        if (chosen instanceof DockerExecutor) {
            context.slots(slots(context, config.docker().slots()));
        }
        context.health().check("executor", () -> chosen.check().map(answers -> HealthStatus.up(chosen.name())));
        sweeper = new OrphanSweeper(
                context.vertx(),
                chosen,
                context.runs(),
                context.clock(),
                config.sweep().interval(),
                config.sweep().grace());
        sweeper.start();
        log.info(
                "Scripts run by executor={} languages={}",
                chosen.name(),
                config.languages().keySet());
        return context.serve(
                new ScriptOfferings(config, context.secrets()),
                new ScriptConsumer(
                        context.vertx(), context.clock(), context.runs(), context.secrets(), config, chosen));
    }
}
