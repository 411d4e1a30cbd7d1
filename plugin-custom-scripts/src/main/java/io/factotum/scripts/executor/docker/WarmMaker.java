package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Makes warm containers, tells whether one can be used, and removes them. */
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
        return maker.make(nobodys, (create, sandbox) -> recipe.fillWarm(create, nobodys, sandbox, name))
                .compose(made -> start(made, name, clock));
    }

    private Future<WarmContainer> start(ContainerMaker.Made made, String name, Clock clock) {
        Attachment attachment = Attachment.inAdvance(engine, made.id());
        return attachment
                .opened()
                .timeout(OPENING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .compose(v -> sandboxes.start(made.id()))
                .compose(v -> Future.all(engine.inspect(made.id()), startOf(made.sandbox())))
                .map(both -> {
                    Optional<InspectContainerResponse> container = both.resultAt(0);
                    Optional<String> sandboxStart = both.resultAt(1);
                    return new WarmContainer(
                            name,
                            made.sandbox(),
                            sandboxStart.orElse(""),
                            container.orElseThrow(),
                            attachment,
                            clock.instant());
                })
                .recover(cause -> {
                    attachment.close();
                    return engine.remove(made.id())
                            .compose(v -> cause instanceof Sandboxes.AsleepException asleep
                                    ? sandboxes.wake(asleep)
                                    : Future.succeededFuture())
                            .transform(done -> Future.failedFuture(cause));
                });
    }

    /** Since when a sandbox runs; empty if it does not, or if there is none. */
    private Future<Optional<String>> startOf(Sandboxes.Lent sandbox) {
        return sandbox.name().isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : engine.inspect(sandbox.name()).map(found -> found.map(InspectContainerResponse::getState)
                        .filter(ContainerExit::isRunning)
                        .map(state -> String.valueOf(state.getStartedAt())));
    }

    /** Whether a run can still have the network that it was made with. */
    Future<Boolean> hasItsNetwork(WarmContainer warm, RunSpec spec) {
        return sandboxes.nameFor(spec).equals(warm.sandbox().name())
                ? startOf(warm.sandbox())
                        .map(start -> start.orElse("").equals(warm.sandboxStartedAt()))
                        .otherwise(false)
                : Future.succeededFuture(false);
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
                        .filter(one -> isLeft(one, now))
                        .map(one -> engine.remove(one.getId()))
                        .toList())
                .mapEmpty());
    }

    private static boolean isWaiting(Container container) {
        return container.getLabels().containsKey(WARM_LABEL) && isWaiting(container.getNames());
    }

    private static boolean isWaiting(String[] names) {
        return Arrays.stream(names).allMatch(name -> name.startsWith("/" + NAME_PREFIX));
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
