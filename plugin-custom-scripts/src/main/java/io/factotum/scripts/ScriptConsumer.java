package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.store.RunStore;
import io.factotum.api.store.SecretBox;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a lifecycle event by running the offering's script for it, or by adopting the run that was begun before. */
final class ScriptConsumer implements LifecycleHandler {

    private static final Logger log = LoggerFactory.getLogger(ScriptConsumer.class);

    private final Vertx vertx;
    private final Clock clock;
    private final RunStore runs;
    private final SecretBox secrets;
    private final ScriptConfig config;
    private final Executor executor;

    /** What has not been answered yet. */
    private final Map<UUID, ScriptRun> underWay = new ConcurrentHashMap<>();

    /** What the executor still prepares, answered or not. */
    private final Map<UUID, Future<Void>> launching = new ConcurrentHashMap<>();

    ScriptConsumer(Vertx vertx, Clock clock, RunStore runs, SecretBox secrets, ScriptConfig config, Executor executor) {
        this.vertx = vertx;
        this.clock = clock;
        this.runs = runs;
        this.secrets = secrets;
        this.config = config;
        this.executor = executor;
    }

    @Override
    public Future<LifecycleResult> handle(LifecycleEvent event) {
        try {
            ScriptSettings settings = ScriptSettings.of(event.offering().settings(), config);
            Optional<String> script = settings.script(event.type());
            return script.isEmpty()
                    ? Future.succeededFuture(LifecycleResult.succeeded())
                    : follow(event, run(event, settings, script.get()));
        } catch (IllegalArgumentException unusable) {
            return Future.succeededFuture(LifecycleResult.failed(
                    Outcome.FAILED,
                    "bad_settings",
                    "Cannot run the %s script: %s".formatted(event.type().key(), unusable.getMessage())));
        }
    }

    @Override
    public Future<Void> committed(LifecycleEvent event) {
        RunTry runTry = runTry(event);
        Future<Void> prepared = launching.get(event.id());
        if (prepared != null) {
            // Canceled before it began: what is made for it even now has nobody else who takes it away.
            prepared.compose(v -> executor.remove(runTry))
                    .onFailure(cause -> log.warn(
                            "Cannot remove what was prepared of run={}; the sweep will: {}",
                            runTry,
                            cause.getMessage()));
        }
        return executor.remove(runTry);
    }

    private static RunTry runTry(LifecycleEvent event) {
        return new RunTry(event.id(), event.tries());
    }

    @Override
    public Future<Void> cancel(UUID runId) {
        ScriptRun run = underWay.get(runId);
        return run == null ? Future.succeededFuture() : run.cancel();
    }

    private ScriptRun run(LifecycleEvent event, ScriptSettings settings, String script) {
        ScriptSettings.Environ environ = settings.open(secrets);
        ScriptEnvironment environment = ScriptEnvironment.of(event, environ);
        RunSpec spec = new RunSpec(
                runTry(event),
                Map.of(
                        "event",
                        event.type().key(),
                        "resource",
                        event.resource().uuid().toString()),
                settings.language().image(),
                settings.language().command(),
                script.getBytes(UTF_8),
                environment.plain(),
                environment.secret(),
                settings.limits(),
                trustDomain(event));
        SecretMasker masker = SecretMasker.of(environ.secret().values());
        ScriptRun.Times times = new ScriptRun.Times(clock, settings.traits().timeout(), config.stopGrace());
        return new ScriptRun(vertx, runs, executor, times, event, spec, new RunOutput(config.outputLimit(), masker));
    }

    private String trustDomain(LifecycleEvent event) {
        return switch (config.docker().sandboxes().sharedBy()) {
            case DockerConfig.OFFERING -> "offering " + event.offering().uuid();
            case DockerConfig.CUSTOMER -> {
                UUID customer = event.resource().customer().uuid();
                // Who has none shares nothing.
                yield customer == null ? "" : "customer " + customer;
            }
            default -> "";
        };
    }

    private Future<LifecycleResult> follow(LifecycleEvent event, ScriptRun run) {
        underWay.put(event.id(), run);
        launching.put(event.id(), run.launched());
        run.launched().onComplete(v -> launching.remove(event.id(), run.launched()));
        return run.carryOut()
                .onComplete(ended -> underWay.remove(event.id(), run))
                .onSuccess(result -> log.debug(
                        "Script ended run={} event={} resource={} outcome={} code={} exit={}",
                        event.id(),
                        event.type().key(),
                        event.resource().uuid(),
                        result.outcome().key(),
                        result.code(),
                        result.trace().exitCode()));
    }
}
