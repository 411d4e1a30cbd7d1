package io.factotum.bench;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The bare Engine API: create, start, wait, logs, remove. */
final class EngineLane implements Lane {

    private final Engine engine;
    private final String name;
    private final String body;

    private EngineLane(Engine engine, String name, JsonObject body) {
        this.engine = engine;
        this.name = name;
        this.body = body.encode();
    }

    /** The same container as the plugin's, in the same sandbox if that has one. */
    static EngineLane same(Engine engine, ContainerModel model) {
        return new EngineLane(engine, "engine API", model.plainBody());
    }

    /** The same but for a network namespace of its own. */
    static EngineLane alone(Engine engine, ContainerModel model, String network) {
        JsonObject body = model.plainBody();
        body.getJsonObject("HostConfig").put("NetworkMode", network);
        return new EngineLane(engine, "engine API, own namespace", body);
    }

    @Override
    public String name() {
        return name;
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
