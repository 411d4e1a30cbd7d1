package io.factotum.scripts.executor;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several engines as one executor: a run begins on the one that has most room, and stays there.
 *
 * <p>A run's reference names its engine, so that it is found again after a restart. An engine that cannot be used gets no
 * runs until it can; what runs there is waited for as on a single one. All state is on one context, the plugin's.
 */
public final class EnginePool implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(EnginePool.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final List<PooledEngine> engines;
    private final Function<UUID, Future<Optional<String>>> recordedReference;
    private final IntConsumer slots;
    private final Map<RunTry, PooledEngine> placed = new HashMap<>();
    private final long timer;

    /**
     * One engine.
     *
     * @param name what stands in references for it: without a slash
     * @param slots how many runs it has at once
     */
    public record Engine(String name, int slots, Executor executor) {}

    /**
     * Of engines of one kind.
     *
     * @param recordedReference what is on record as the reference of a run that has begun
     * @param slots told at once, and whenever it changes, how many runs there can be at once
     */
    public EnginePool(
            Vertx vertx,
            List<Engine> engines,
            Function<UUID, Future<Optional<String>>> recordedReference,
            IntConsumer slots) {
        this.vertx = vertx;
        this.engines = engines.stream().map(PooledEngine::new).toList();
        this.recordedReference = recordedReference;
        this.slots = slots;
        this.timer = vertx.setPeriodic(LOOK_AGAIN.toMillis(), id -> lookAgain());
        tellSlots();
    }

    @Override
    public String name() {
        return engines.get(0).executor().name();
    }

    @Override
    public String reference(RunTry runTry) {
        PooledEngine engine = placed.get(runTry);
        return engine == null ? engines.get(0).executor().reference(runTry) : engine.reference(runTry);
    }

    /** Succeeds if one of them can be used. */
    @Override
    public Future<Void> check() {
        List<Future<Void>> checks = engines.stream().map(this::check).toList();
        return Future.join(checks)
                .mapEmpty()
                .transform(all -> checks.stream().anyMatch(Future::succeeded)
                        ? Future.succeededFuture()
                        : Future.failedFuture(new IllegalStateException(checks.stream()
                                .map(failed -> failed.cause().getMessage())
                                .collect(Collectors.joining(" ")))));
    }

    private Future<Void> check(PooledEngine engine) {
        return engine.executor()
                .check()
                .onSuccess(usable -> setAway(engine, false, ""))
                .onFailure(cause -> setAway(engine, true, String.valueOf(cause.getMessage())));
    }

    @Override
    public Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink) {
        return start(spec, permission, sink, new ArrayList<>());
    }

    private Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink, List<PooledEngine> unusable) {
        PooledEngine engine = placed.computeIfAbsent(spec.runTry(), id -> PooledEngine.roomiest(engines, unusable));
        return engine.follow(engine.executor().start(spec, permission, sink), this::tellSlots)
                .recover(cause -> {
                    boolean isAway = cause instanceof NeverBegunException never
                            && never.code().equals(NeverBegunException.ENGINE_UNAVAILABLE);
                    if (isAway) {
                        setAway(engine, true, String.valueOf(cause.getMessage()));
                    }
                    placed.remove(spec.runTry(), engine);
                    unusable.add(engine);
                    // What is on record as begun names this engine: the next try may be on another.
                    return isAway && !permission.isAsked() && unusable.size() < engines.size()
                            ? start(spec, permission, sink, unusable)
                            : Future.failedFuture(cause);
                });
    }

    @Override
    public Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink) {
        return engineOf(spec.runTry()).compose(engine -> {
            placed.put(spec.runTry(), engine);
            return engine.followFound(engine.executor().adopt(spec, permission, sink), this::tellSlots);
        });
    }

    private Future<PooledEngine> engineOf(RunTry runTry) {
        PooledEngine known = placed.get(runTry);
        return known != null
                ? Future.succeededFuture(known)
                : recordedReference.apply(runTry.run()).map(recorded -> recorded.flatMap(
                                reference -> PooledEngine.named(engines, reference))
                        .orElseThrow(() -> notAnEngine(runTry, recorded.orElse("nothing"))));
    }

    private ExecutionLostException notAnEngine(RunTry runTry, String recorded) {
        return new ExecutionLostException(
                ("Cannot tell how run '%s' ended: it may have begun, and what is on record for it"
                                + " is '%s', which names none of the engines %s. Put back the engine, or look there at what it made.")
                        .formatted(
                                runTry,
                                recorded,
                                engines.stream().map(PooledEngine::name).toList()));
    }

    @Override
    public Future<Void> remove(RunTry runTry) {
        PooledEngine engine = placed.remove(runTry);
        return engine != null ? engine.executor().remove(runTry) : removeWhereverItIs(runTry);
    }

    private Future<Void> removeWhereverItIs(RunTry runTry) {
        return Future.join(engines.stream()
                        .map(engine -> engine.executor().remove(runTry))
                        .toList())
                .mapEmpty();
    }

    /** What those have that answer. Fails if none does. */
    @Override
    public Future<List<Leftover>> list() {
        List<Future<List<Leftover>>> lists =
                engines.stream().map(engine -> engine.executor().list()).toList();
        return Future.any(lists).compose(any -> Future.join(lists)
                .transform(all -> Future.succeededFuture(lists.stream()
                        .filter(Future::succeeded)
                        .flatMap(list -> list.result().stream())
                        .toList())));
    }

    @Override
    public Future<Void> close() {
        vertx.cancelTimer(timer);
        slots.accept(Integer.MAX_VALUE);
        return Future.join(engines.stream()
                        .map(engine -> engine.executor().close())
                        .toList())
                .mapEmpty();
    }

    private void lookAgain() {
        engines.stream().filter(PooledEngine::isAway).forEach(this::check);
    }

    private void setAway(PooledEngine engine, boolean away, String why) {
        if (engine.isAway() != away) {
            if (away) {
                LOG.warn("Engine {} cannot be used and gets no runs until it can: {}", engine.name(), why);
            } else {
                LOG.info("Engine {} can be used again", engine.name());
            }
            engine.setAway(away);
            tellSlots();
        }
    }

    private void tellSlots() {
        slots.accept(PooledEngine.slots(engines));
    }
}
