package io.factotum.bench;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code docker run --rm} with the same options. */
final class DockerRunLane implements Lane {

    private final List<String> command = new ArrayList<>(List.of("docker", "run", "--rm"));

    DockerRunLane(ContainerModel model) {
        command.addAll(model.cliArguments());
    }

    @Override
    public String name() {
        return "docker run --rm";
    }

    @Override
    public Lap run() throws Exception {
        long begin = System.nanoTime();
        Ended ended = execute(command);
        double result = Lap.millisSince(begin);
        Script.check(name(), ended.code(), ended.output());
        return Lap.of(result, result);
    }

    /** Fails unless the options of the command line make what the plugin makes. */
    static void verify(Engine engine, ContainerModel model) throws IOException, InterruptedException {
        List<String> create = new ArrayList<>(List.of("docker", "create"));
        create.addAll(model.cliArguments());
        String id = execute(create).output().strip();
        UnixHttp http = engine.connection();
        JsonObject made = Engine.inspect(http, id).orElseThrow();
        Engine.remove(http, id);
        engine.giveBack(http);
        Set<String> differences = model.differences(made);
        if (!differences.isEmpty()) {
            throw new IllegalStateException(
                    "Cannot compare with docker run: its container differs from the plugin's in %s. Add the option to ContainerModel."
                            .formatted(differences));
        }
    }

    private record Ended(int code, String output) {}

    private static Ended execute(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }
}
