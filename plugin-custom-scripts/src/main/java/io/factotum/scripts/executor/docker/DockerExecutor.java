package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import io.factotum.scripts.executor.EndedExecution;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.Leftover;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs each script in a one-time container of a Docker engine. */
public final class DockerExecutor implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(DockerExecutor.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Pattern NAME_TAKEN = Pattern.compile("(already )?in use");

    private final Vertx vertx;
    private final DockerEngine engine;
    private final ContainerRecipe recipe;
    private final ContainerMaker maker;
    private final WarmContainers warm;
    private final Sandboxes sandboxes;
    private final ImageDigests digests;
    private final GentleRemoval removal;
    private final Set<ContainerRun> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Talks to the engine that the settings name, from the first call on. */
    public DockerExecutor(Vertx vertx, DockerSettings settings) {
        this.vertx = vertx;
        this.engine = new DockerEngine(vertx, settings);
        this.recipe = new ContainerRecipe(settings);
        this.digests = new ImageDigests(engine);
        this.removal = new GentleRemoval(vertx, engine);
        this.sandboxes = new Sandboxes(vertx, engine, settings.installId(), settings.sandboxAge(), Clock.systemUTC());
        this.maker = new ContainerMaker(engine, settings, sandboxes);
        this.warm = new WarmContainers(
                vertx,
                new WarmMaker(engine, sandboxes, maker, recipe, settings.warm().maximumAge()),
                sandboxes,
                settings.warm(),
                Clock.systemUTC());
    }

    @Override
    public String name() {
        return "docker";
    }

    @Override
    public String reference(RunTry runTry) {
        return ContainerRecipe.name(runTry);
    }

    @Override
    public Future<Void> check() {
        return engine.ping().recover(cause -> Future.failedFuture(unavailable(cause)));
    }

    @Override
    public Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink) {
        ScriptFrame frame;
        try {
            frame = ScriptFrame.of(spec);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        return counted(() -> startNamed(spec, frame, permission, sink));
    }

    // Warm ones make room for what runs, however it came to run here.
    private Future<Execution> counted(Supplier<Future<Execution>> start) {
        warm.runBegins();
        return start.get()
                .onSuccess(execution -> execution.exit().onComplete(end -> warm.runEnds()))
                .onFailure(cause -> warm.runEnds());
    }

    private Future<Execution> startNamed(RunSpec spec, ScriptFrame frame, Permission permission, OutputSink sink) {
        return warm.take(spec)
                .map(taken -> startWarm(spec, taken, frame, permission, sink))
                .orElseGet(() -> startCold(spec, frame, permission, sink));
    }

    private Future<Execution> startCold(RunSpec spec, ScriptFrame frame, Permission permission, OutputSink sink) {
        return warm.makeRoom()
                .compose(v -> maker.make(spec, (create, sandbox) -> recipe.fill(create, spec, sandbox)))
                .compose(
                        made -> startCreated(spec, made.id(), frame, permission, sink),
                        cause -> notCreated(spec, frame, permission, sink, cause));
    }

    // From the renaming on it is the run's, and if this host dies it is found as one that never began.
    private Future<Execution> startWarm(
            RunSpec spec, WarmContainer taken, ScriptFrame frame, Permission permission, OutputSink sink) {
        return engine.rename(taken.id(), reference(spec.runTry()))
                .compose(
                        v -> beginWarm(spec, taken, frame, permission, sink),
                        cause -> notRenamed(spec, taken, frame, permission, sink, cause));
    }

    private Future<Execution> notRenamed(
            RunSpec spec,
            WarmContainer taken,
            ScriptFrame frame,
            Permission permission,
            OutputSink sink,
            Throwable cause) {
        if (isNameTaken(cause)) {
            warm.putBack(spec, taken);
            return adoptOrStart(spec, frame, permission, sink);
        }
        return warm.discard(taken).compose(v -> startCold(spec, frame, permission, sink));
    }

    private Future<Execution> beginWarm(
            RunSpec spec, WarmContainer taken, ScriptFrame frame, Permission permission, OutputSink sink) {
        ContainerRun run = run(spec, taken.id(), frame, permission, sink);
        return run.begin(taken.attachment(), taken.container())
                .recover(cause -> cause instanceof NeverBegunException && !permission.isRefused()
                        // It ended before it had its script.
                        ? run(spec, taken.id(), frame, permission, sink).start(run.lastEnd())
                        : Future.failedFuture(cause));
    }

    private Future<Execution> startCreated(
            RunSpec spec, String id, ScriptFrame frame, Permission permission, OutputSink sink) {
        return run(spec, id, frame, permission, sink).start(ContainerExit.NEVER);
    }

    private Future<Execution> notCreated(
            RunSpec spec, ScriptFrame frame, Permission permission, OutputSink sink, Throwable cause) {
        if (cause instanceof NeverBegunException) {
            return Future.failedFuture(cause);
        }
        String words = EngineFault.words(cause);
        return switch (EngineFault.status(cause)) {
            case 409 ->
                isNameTaken(cause)
                        ? adoptOrStart(spec, frame, permission, sink)
                        : Future.succeededFuture(refused(words));
            case 400, 404 -> Future.succeededFuture(refused(words));
            default -> Future.failedFuture(unavailable(cause));
        };
    }

    private Future<Execution> adoptOrStart(RunSpec spec, ScriptFrame frame, Permission permission, OutputSink sink) {
        return find(reference(spec.runTry()))
                .compose(found -> found.isPresent()
                        ? adopt(found.get(), frame, spec, permission, sink)
                        : pause().compose(v -> startNamed(spec, frame, permission, sink)));
    }

    @Override
    public Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink) {
        ScriptFrame frame = ScriptFrame.of(spec);
        return find(reference(spec.runTry()))
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : counted(() -> adopt(found.get(), frame, spec, permission, sink))
                                .map(Optional::of));
    }

    private Future<Execution> adopt(
            InspectContainerResponse found, ScriptFrame frame, RunSpec spec, Permission permission, OutputSink sink) {
        LOG.info(
                "Adopting run={} container={} state={}",
                spec.runTry(),
                found.getId(),
                found.getState().getStatus());
        ContainerRun run = run(spec, found.getId(), frame, permission, sink);
        return run.adopt(found)
                .recover(cause -> cause instanceof NeverBegunException && !permission.isRefused()
                        // The same container once more, and not another: at no moment is there none to be found.
                        ? run(spec, found.getId(), frame, permission, sink).start(run.lastEnd())
                        : Future.failedFuture(cause));
    }

    private Future<Optional<InspectContainerResponse>> find(String name) {
        return new PatientLook(vertx, engine).at(name, () -> closed).map(sighting -> sighting.container()
                .filter(it -> !"removing".equals(it.getState().getStatus())));
    }

    @Override
    public Future<Void> remove(RunTry runTry) {
        return removal.of(reference(runTry));
    }

    @Override
    public Future<List<Leftover>> list() {
        return engine.list(recipe.ownLabel()).map(containers -> containers.stream()
                .map(DockerExecutor::leftover)
                .flatMap(Optional::stream)
                .toList());
    }

    private static Optional<Leftover> leftover(Container container) {
        return Arrays.stream(container.getNames())
                .map(ContainerRecipe::tryOf)
                .flatMap(Optional::stream)
                .findFirst()
                .map(runTry -> new Leftover(runTry, Instant.ofEpochSecond(container.getCreated())));
    }

    @Override
    public Future<Void> close() {
        if (closed) {
            return Future.succeededFuture();
        }
        closed = true;
        underWay.forEach(ContainerRun::abandon);
        return warm.close().eventually(sandboxes::close).eventually(engine::close);
    }

    /** Those that wait. */
    WarmContainers warm() {
        return warm;
    }

    private ContainerRun run(RunSpec spec, String id, ScriptFrame frame, Permission permission, OutputSink sink) {
        ContainerRun run = new ContainerRun(
                vertx,
                engine,
                sandboxes,
                id,
                frame,
                permission,
                sink,
                new RunImage(image -> digests.of(image, new ImageName(spec.image()))));
        if (closed) {
            // What was asked of the engine before it was closed has been answered since.
            run.abandon();
        } else {
            underWay.add(run);
            run.exit().onComplete(end -> underWay.remove(run));
        }
        return run;
    }

    private Future<Void> pause() {
        return vertx.timer(RETRY.toMillis(), TimeUnit.MILLISECONDS).mapEmpty();
    }

    private static Execution refused(String reason) {
        return new EndedExecution(ContainerExit.refused(ContainerExit.ENGINE_FAULT_CODE, reason));
    }

    private NeverBegunException unavailable(Throwable cause) {
        return new NeverBegunException(
                NeverBegunException.ENGINE_UNAVAILABLE,
                "Cannot use the Docker engine '" + engine.address() + "': " + EngineFault.words(cause)
                        + ". Start it, or name another by DOCKER_HOST or in the plugin's configuration.",
                cause);
    }

    private static boolean isNameTaken(Throwable cause) {
        return EngineFault.status(cause) == 409
                && NAME_TAKEN.matcher(EngineFault.words(cause)).find();
    }
}
