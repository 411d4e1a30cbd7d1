package io.factotum.bench;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An order to create a resource: accepted, run, its result committed. */
final class FactotumLane implements Lane {

    private static final Set<String> ENDED = Set.of("SUCCEEDED", "FAILED", "TIMED_OUT", "CANCELED", "LOST");
    private static final long PATIENCE_SECONDS = 120;

    private final Installation installation;
    private final EngineEvents events;
    private final Map<UUID, CompletableFuture<Committed>> committed = new ConcurrentHashMap<>();
    private final Queue<Hops.Seen> seen = new ConcurrentLinkedQueue<>();

    private record Accepted(UUID run, long nanos) {}

    private record Committed(JsonObject run, long nanos) {}

    FactotumLane(Installation installation, EngineEvents events) {
        this.installation = installation;
        this.events = events;
        installation.vertx().eventBus().localConsumer(LifecycleAddress.RUNS_CHANGED, this::changed);
    }

    @Override
    public String name() {
        return "Factotum";
    }

    // Published after the commit, which is as early as anyone else can know of it.
    private void changed(Message<JsonObject> message) {
        long now = System.nanoTime();
        if (ENDED.contains(message.body().getString("state"))) {
            committed(UUID.fromString(message.body().getString("uuid"))).complete(new Committed(message.body(), now));
        }
    }

    private CompletableFuture<Committed> committed(UUID run) {
        return committed.computeIfAbsent(run, id -> new CompletableFuture<>());
    }

    @Override
    public Lap run() throws Exception {
        long submittedAt = Hops.epochNanos();
        long begin = System.nanoTime();
        Accepted accepted = get(submit());
        Committed end = get(committed(accepted.run()));
        check(end.run());
        committed.remove(accepted.run());
        double lead = Lap.millis(begin, accepted.nanos());
        double result = Lap.millis(accepted.nanos(), end.nanos());
        seen.add(new Hops.Seen(accepted.run(), submittedAt, lead, lead + result));
        CompletableFuture<Double> removed =
                events.removed(accepted.run()).thenApply(nanos -> Lap.millis(accepted.nanos(), nanos));
        return new Lap(lead, result, removed, Map.of());
    }

    private Future<Accepted> submit() {
        JsonObject order = new JsonObject()
                .put("type", "create")
                .put("offering", Installation.OFFERING)
                .put("name", "bench");
        return installation.onContext(() -> installation
                .host()
                .lifecycle()
                .orders()
                .submit(order, null)
                .map(placed -> new Accepted(
                        UUID.fromString(placed.getJsonObject("order").getString("run")), System.nanoTime())));
    }

    private void check(JsonObject run) {
        JsonObject result = Optional.ofNullable(run.getJsonObject("result")).orElse(new JsonObject());
        if (!run.getString("state").equals("SUCCEEDED")) {
            throw new IllegalStateException("The order's run has failed: " + run.getString("message"));
        }
        Script.check(name(), run.getInteger("exit_code"), result.getString("backend_id", ""));
    }

    /** What it has seen of each run since it was asked last. */
    List<Hops.Seen> takeSeen() {
        List<Hops.Seen> all = List.copyOf(seen);
        seen.clear();
        return all;
    }

    /** Places orders until it has caught a container of one, to make others like it. */
    ContainerModel model(Engine engine) throws Exception {
        UnixHttp http = engine.connection();
        while (true) {
            Accepted accepted = get(submit());
            CompletableFuture<Committed> end = committed(accepted.run());
            String name = "factotum-" + accepted.run().toString().replace("-", "");
            Optional<JsonObject> found = Optional.empty();
            while (found.isEmpty() && !end.isDone()) {
                found = Engine.inspect(http, name);
            }
            check(get(end).run());
            get(events.removed(accepted.run()));
            if (found.isPresent()) {
                engine.giveBack(http);
                return new ContainerModel(found.get());
            }
        }
    }

    private static <T> T get(Future<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return get(future.toCompletionStage().toCompletableFuture());
    }

    private static <T> T get(CompletableFuture<T> future)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
