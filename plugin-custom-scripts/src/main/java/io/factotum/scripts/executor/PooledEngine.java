package io.factotum.scripts.executor;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One engine of an {@link EnginePool}: what it has under way, and whether it can be used. */
final class PooledEngine {

    private final EnginePool.Engine engine;
    private int underWay;
    private boolean away;

    PooledEngine(EnginePool.Engine engine) {
        this.engine = engine;
    }

    String name() {
        return engine.name();
    }

    Executor executor() {
        return engine.executor();
    }

    String reference(RunTry runTry) {
        return engine.name() + "/" + engine.executor().reference(runTry);
    }

    boolean isAway() {
        return away;
    }

    void setAway(boolean newAway) {
        away = newAway;
    }

    /** The one that a reference names. */
    static Optional<PooledEngine> named(Collection<PooledEngine> engines, String reference) {
        return engines.stream()
                .filter(each -> reference.startsWith(each.name() + "/"))
                .findFirst();
    }

    /** The one with most slots free, of those that can be used if there are any, and of those not tried yet. */
    static PooledEngine roomiest(Collection<PooledEngine> engines, Collection<PooledEngine> tried) {
        return engines.stream()
                .filter(each -> !tried.contains(each))
                .min(Comparator.comparing(PooledEngine::isAway)
                        .thenComparing(each -> each.underWay - each.engine.slots()))
                .orElseThrow();
    }

    /**
     * How many runs there can be at once. An engine that is away takes no more than it has; while all are, runs are taken
     * all the same, so that each can say why it does not begin.
     */
    static int slots(List<PooledEngine> engines) {
        boolean allAway = engines.stream().allMatch(PooledEngine::isAway);
        return engines.stream()
                .mapToInt(each -> each.away && !allAway ? each.underWay : each.engine.slots())
                .sum();
    }

    /** Counts a script from now on until it has ended, or has failed to begin. */
    Future<Execution> follow(Future<Execution> begun, Runnable changed) {
        return followFound(begun.map(Optional::of), changed).map(Optional::orElseThrow);
    }

    Future<Optional<Execution>> followFound(Future<Optional<Execution>> begun, Runnable changed) {
        underWay++;
        begun.compose(found -> found.map(Execution::exit).orElseGet(Future::succeededFuture))
                .onComplete(ended -> {
                    underWay--;
                    if (away) {
                        changed.run();
                    }
                });
        return begun;
    }
}
