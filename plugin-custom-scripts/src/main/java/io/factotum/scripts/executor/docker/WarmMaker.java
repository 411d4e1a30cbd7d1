package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.model.Container;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Makes warm containers and removes them. */
final class WarmMaker {

    /** On a container that was made before there was a run for it, whether it has one by now or not. */
    static final String WARM_LABEL = "factotum.io/warm";

    private static final String NAME_PREFIX = "factotum-warm-";
    private static final Duration OPENING_TIMEOUT = Duration.ofMinutes(1);
    /** How long another host may take from making one to starting it. */
    private static final Duration MAKING = Duration.ofMinutes(2);

    private final DockerEngine engine;
    private final Sandboxes sandboxes;
    private final ContainerMaker maker;
    private final ContainerRecipe recipe;
    private final Duration maximumAge;
    private final Map<String, Future<?>> sandboxEnds = new ConcurrentHashMap<>();
    /** The names of those under way. */
    private final Set<String> making = ConcurrentHashMap.newKeySet();

    WarmMaker(
            DockerEngine engine,
            Sandboxes sandboxes,
            ContainerMaker maker,
            ContainerRecipe recipe,
            Duration maximumAge) {
        this.engine = engine;
        this.sandboxes = sandboxes;
        this.maker = maker;
        this.recipe = recipe;
        this.maximumAge = maximumAge;
    }

    /** Completes with one that waits. */
    Future<WarmContainer> make(WarmKind kind, Clock clock) {
        String name = NAME_PREFIX + UUID.randomUUID();
        RunSpec nobodys = kind.nobodys();
        making.add(name);
        return maker.make(nobodys, (create, sandbox) -> recipe.fillWarm(create, nobodys, sandbox, name))
                .compose(made -> start(made, name, clock))
                .onComplete(made -> making.remove(name));
    }

    private Future<WarmContainer> start(ContainerMaker.Made made, String name, Clock clock) {
        // From before the start on, so that no end of it is missed.
        Future<?> networkEnd = endOf(made.sandbox());
        Attachment attachment = Attachment.inAdvance(engine, made.id());
        return attachment
                .opened()
                .timeout(OPENING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .compose(v -> sandboxes.start(made.id()))
                .compose(v -> engine.inspect(made.id()))
                .map(container -> new WarmContainer(
                        name, made.sandbox(), networkEnd, container.orElseThrow(), attachment, clock.instant()))
                .recover(cause -> {
                    attachment.close();
                    return engine.remove(made.id())
                            .compose(v -> cause instanceof Sandboxes.AsleepException asleep
                                    ? sandboxes.wake(asleep)
                                    : Future.succeededFuture())
                            .transform(done -> Future.failedFuture(cause));
                });
    }

    /** Completes when a sandbox has ended, or the engine cannot be asked any more; one request for all that are in it. */
    private Future<?> endOf(Sandboxes.Lent sandbox) {
        if (sandbox.name().isEmpty()) {
            return Promise.promise().future();
        }
        return sandboxEnds.computeIfAbsent(sandbox.name(), name -> {
            Future<?> end = engine.awaitEnd(name).otherwise(-1);
            end.onComplete(ended -> sandboxEnds.remove(name, end));
            return end;
        });
    }

    Future<Void> remove(WarmContainer warm) {
        warm.attachment().close();
        return engine.remove(warm.id());
    }

    /**
     * Removes what hosts have left that are no more: their containers have ended with their streams. Those of living hosts
     * run, and none of them waits for as long as two lives of one.
     */
    Future<Void> sweep(Instant now) {
        return engine.list(recipe.ownLabel()).compose(all -> Future.join(all.stream()
                        .filter(WarmMaker::isWaiting)
                        // Its age is told by the engine's clock, which may be another.
                        .filter(one -> !isMaking(one) && isLeft(one, now))
                        .map(this::removeLeft)
                        .toList())
                .mapEmpty());
    }

    // What did not run when it was listed may have been started since, and is wanted then.
    private Future<Void> removeLeft(Container container) {
        String id = container.getId();
        return "running".equals(container.getState())
                ? engine.remove(id)
                : engine.removeUnlessRunning(id).mapEmpty();
    }

    private static boolean isWaiting(Container container) {
        return container.getLabels().containsKey(WARM_LABEL) && isWaiting(container.getNames());
    }

    private static boolean isWaiting(String[] names) {
        return Arrays.stream(names).allMatch(name -> name.startsWith("/" + NAME_PREFIX));
    }

    private boolean isMaking(Container container) {
        return Arrays.stream(container.getNames()).anyMatch(name -> making.contains(name.substring(1)));
    }

    private boolean isLeft(Container container, Instant now) {
        Instant made = Instant.ofEpochSecond(container.getCreated());
        boolean ended = "exited".equals(container.getState())
                || (List.of("created", "dead").contains(container.getState())
                        && made.plus(MAKING).isBefore(now));
        return ended || made.plus(maximumAge.multipliedBy(2)).plus(MAKING).isBefore(now);
    }

    /** What a warm container has beside the labels of its installation. */
    static Map<String, String> label() {
        return Map.of(WARM_LABEL, "true");
    }
}
