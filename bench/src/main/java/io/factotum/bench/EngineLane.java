package io.factotum.bench;

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
        long begin = System.nanoTime();
        String id = Engine.create(http, body);
        Engine.start(http, id);
        int code = Engine.awaitEnd(http, id);
        String output = Engine.logs(http, id);
        double result = Lap.millisSince(begin);
        Engine.remove(http, id);
        double removed = Lap.millisSince(begin);
        engine.giveBack(http);
        Script.check(name(), code, output);
        return new Lap(0, result, CompletableFuture.completedFuture(removed));
    }
}
