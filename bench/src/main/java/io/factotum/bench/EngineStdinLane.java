package io.factotum.bench;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The bare Engine API with the plugin's own wrapper, and the script by standard input: what that delivery costs. It waits for
 * the engine to tell of the end, as the bare API does.
 */
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
            attached.write(frame());
            Engine.start(http, id);
            output = Engine.stdout(attached.readToEnd());
        }
        int code = Engine.awaitEnd(http, id);
        double result = Lap.millisSince(begin);
        Engine.remove(http, id);
        double removed = Lap.millisSince(begin);
        engine.giveBack(http);
        Script.check(name(), code, output.replaceFirst("\u001e.*", ""));
        return Lap.of(result, removed);
    }

    /** What the plugin's wrapper reads: a word for its marks, two lengths, a checksum and the time; the environment, the script. */
    private static byte[] frame() throws NoSuchAlgorithmException {
        String environment = "return 0\n";
        byte[] body = (environment + Script.TEXT).getBytes(StandardCharsets.UTF_8);
        String checksum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        String word = UUID.randomUUID().toString().replace("-", "");
        String header = "%s %d %d %s %d\n"
                .formatted(word, body.length, environment.length(), checksum, System.currentTimeMillis());
        return (header + environment + Script.TEXT).getBytes(StandardCharsets.UTF_8);
    }
}
