package io.factotum.host.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.factotum.api.lifecycle.EventType;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One resource of an example offering, whose scripts run as plain processes in the environment of the contract. */
final class ExampleResource {

    final String uuid = UUID.randomUUID().toString().replace("-", "");
    JsonObject limits = new JsonObject();
    JsonObject attributes = new JsonObject();
    String plan;

    private final JsonObject offering;
    private final Path directory;
    private final Map<String, String> overrides = new HashMap<>();
    private @Nullable String backendId;
    private @Nullable Path path;

    /** A resource whose scripts keep things in {@code directory/store}. */
    ExampleResource(String offeringName, Path directory) throws IOException {
        this.offering = Repository.offering(offeringName);
        this.directory = directory;
        this.plan = offering.getJsonArray("plans").getJsonObject(0).getString("name");
        overrides.put(
                "STORE", Files.createDirectories(directory.resolve("store")).toString());
        overrides.put("HOME", Files.createDirectories(directory.resolve("home")).toString());
    }

    /** Sets a variable after the offering's own. */
    ExampleResource with(String name, String value) {
        overrides.put(name, value);
        return this;
    }

    ScriptRun create() throws Exception {
        ScriptRun run = run(EventType.CREATE);
        if (run.exitCode() == 0) {
            backendId = run.backendId();
            String place = run.told().getJsonObject("backend_metadata").getString("path");
            path = Path.of(place);
        }
        return run;
    }

    ScriptRun update() throws Exception {
        return run(EventType.UPDATE);
    }

    ScriptRun pull() throws Exception {
        return run(EventType.PULL);
    }

    ScriptRun terminate() throws Exception {
        return run(EventType.TERMINATE);
    }

    Path path() {
        if (path == null) {
            throw new IllegalStateException("not created");
        }
        return path;
    }

    private ScriptRun run(EventType event) throws IOException, InterruptedException {
        JsonObject settings = offering.getJsonObject("settings");
        String program = settings.getString("language").equals("python") ? "python3" : "sh";
        Path interpreter = onPath(program, overrides.getOrDefault("PATH", System.getenv("PATH")))
                .orElse(null);
        assumeTrue(interpreter != null, () -> program + " is not on the PATH");

        Path work = Files.createTempDirectory(directory, "run");
        Path script = Files.writeString(work.resolve("script"), settings.getString(event.key()));
        Path stdout = work.resolve("stdout");
        Path stderr = work.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(String.valueOf(interpreter), script.toString())
                .directory(Files.createDirectory(work.resolve("work")).toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment(event, settings));
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("The script " + event.key() + " did not end within a minute.");
        }
        return new ScriptRun(process.exitValue(), Files.readString(stdout, UTF_8), Files.readString(stderr, UTF_8));
    }

    private Map<String, String> environment(EventType event, JsonObject settings) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("LANG", "C.UTF-8");
        environment.put("EVENT", event.key());
        environment.put("RUN_UUID", UUID.randomUUID().toString().replace("-", ""));
        environment.put("RESOURCE_UUID", uuid);
        environment.put("RESOURCE_NAME", "An \"example\"");
        environment.put("ATTRIBUTES", attributes.encode());
        environment.put("LIMITS", limits.encode());
        environment.put("PLAN_NAME", plan);
        environment.put("PLAN_COMPONENT_AMOUNTS", amounts().encode());
        if (backendId != null) {
            environment.put("RESOURCE_BACKEND_ID", backendId);
        }
        settings.getJsonObject("environ").forEach(e -> environment.put(e.getKey(), String.valueOf(e.getValue())));
        environment.putAll(overrides);
        return environment;
    }

    private JsonObject amounts() {
        return offering.getJsonArray("plans").stream()
                .map(JsonObject.class::cast)
                .filter(p -> p.getString("name").equals(plan))
                .findFirst()
                .orElseThrow()
                .getJsonObject("amounts");
    }

    static Optional<Path> onPath(String program) {
        return onPath(program, System.getenv("PATH"));
    }

    private static Optional<Path> onPath(String program, String path) {
        return Arrays.stream(path.split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
