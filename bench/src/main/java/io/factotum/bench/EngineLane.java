package io.factotum.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The bare Engine API: create, start, wait, logs, remove. */
final class EngineLane implements Lane {

    private final Engine engine;
    private final String body;

    EngineLane(Engine engine, ContainerModel model) {
        this.engine = engine;
        this.body = model.plainBody().encode();
    }

    @Override
    public String name() {
        return "engine API";
    }

    @Override
    public Lap run() throws Exception {
        UnixHttp http = engine.connection();
        Map<String, Double> steps = new LinkedHashMap<>();
        long begin = System.nanoTime();
        String id = Engine.create(http, body);
        steps.put("created", Lap.millisSince(begin));
        Engine.start(http, id);
        steps.put("started", Lap.millisSince(begin));
        int code = Engine.awaitEnd(http, id);
        steps.put("ended", Lap.millisSince(begin));
        String output = Engine.logs(http, id);
        double result = Lap.millisSince(begin);
        Engine.remove(http, id);
        double removed = Lap.millisSince(begin);
        steps.put("logs read", result);
        steps.put("removed", removed);
        engine.giveBack(http);
        Script.check(name(), code, output);
        return new Lap(0, result, CompletableFuture.completedFuture(removed), steps);
    }
}
