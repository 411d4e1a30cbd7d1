package io.factotum.bench;

import java.nio.charset.StandardCharsets;

/** The bare Engine API with the plugin's own wrapper, and the script by standard input: what that delivery costs. */
final class EngineStdinLane implements Lane {

    private final Engine engine;
    private final String body;

    EngineStdinLane(Engine engine, ContainerModel model) {
        this.engine = engine;
        this.body = model.wrappedBody().encode();
    }

    @Override
    public String name() {
        return "engine API, script by stdin";
    }

    @Override
    public Lap run() throws Exception {
        UnixHttp http = engine.connection();
        long begin = System.nanoTime();
        String id = Engine.create(http, body);
        String output;
        try (UnixHttp attached = engine.newConnection()) {
            attached.upgrade(Engine.path("/containers/" + id + "/attach?stream=1&stdin=1&stdout=1&stderr=1"));
            attached.write(Script.TEXT.getBytes(StandardCharsets.UTF_8));
            Engine.start(http, id);
            output = Engine.stdout(attached.readToEnd());
        }
        int code = Engine.awaitEnd(http, id);
        double result = Lap.millisSince(begin);
        Engine.remove(http, id);
        double removed = Lap.millisSince(begin);
        engine.giveBack(http);
        Script.check(name(), code, output);
        return Lap.of(result, removed);
    }
}
