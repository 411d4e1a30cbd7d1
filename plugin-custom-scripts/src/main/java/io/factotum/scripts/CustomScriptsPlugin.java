package io.factotum.scripts;

import io.factotum.api.Plugin;
import io.factotum.api.PluginContext;
import io.factotum.api.config.ConfigReader;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.OrphanSweeper;
import io.factotum.scripts.executor.docker.DockerExecutor;
import io.factotum.scripts.executor.docker.DockerSettings;
import io.factotum.scripts.executor.kubernetes.KubernetesExecutor;
import io.factotum.scripts.executor.process.ProcessExecutor;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
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
        DockerConfig docker = config.docker();
        DockerSettings settings = new DockerSettings(
                docker.host().isEmpty() ? null : docker.host(),
                context.installId(),
                docker.init(),
                docker.pulls(),
                docker.sandboxes().maximumAge(),
                docker.volumes(),
                config.allowances().standardUser(),
                config.warmSettings());
        return new Executors(
                config,
                context.allowsProcesses(),
                before.equals(ScriptConfig.DOCKER),
                () -> new DockerExecutor(context.vertx(), settings),
                new Executors.Cluster(
                        before.equals(ScriptConfig.KUBERNETES) || KubernetesExecutor.isInCluster(),
                        () -> new KubernetesExecutor(
                                context.vertx(),
                                config.kubernetes().settings(context.installId(), config.stopGrace()))),
                () -> new ProcessExecutor(
                        context.vertx(), context.dataDirectory().resolve("runs")));
    }

    private Future<Void> serve(PluginContext context, ScriptConfig config, Executor chosen) {
        executor = chosen;
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
