package io.factotum.bench;

import io.factotum.api.config.ConfigReader;
import io.factotum.host.DataDirectory;
import io.factotum.host.Host;
import io.factotum.host.HostConfig;
import io.factotum.host.HostVertx;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A real host in this JVM, with the plugin's real jar and a data directory of its own that goes when it is closed. */
final class Installation implements AutoCloseable {

    static final String OFFERING = "bench";

    private static final long START_MINUTES = 5;
    private static final long STOP_SECONDS = 40;

    private final Path home;
    private final DataDirectory data;
    private final Vertx vertx;
    private final Context context;
    private final Host host;
    private boolean closed;

    /** Starts it, with as many slots as there are ever orders at once. */
    Installation(Path pluginsDirectory, Options options) throws IOException, TimeoutException {
        home = Files.createTempDirectory("factotum-bench");
        write(home.resolve("conf/plugins/custom-scripts.yaml"), pluginConfig(options));
        write(home.resolve("conf/offerings/bench.yaml"), offering());
        data = DataDirectory.take(home.resolve("data"));
        vertx = HostVertx.create();
        context = vertx.getOrCreateContext();
        JsonObject config = new JsonObject()
                .put("http", new JsonObject().put("port", 0))
                .put("plugins", new JsonObject().put("directory", pluginsDirectory.toString()))
                .put("lifecycle", new JsonObject().put("slots", slots(options)));
        host = new Host(vertx, HostConfig.read(new ConfigReader("bench", config), home), data);
        // Interrupted, it would leave its database running.
        Runtime.getRuntime().addShutdownHook(new Thread(this::closeAtEnd, "bench-shutdown"));
        onContext(host::start).await(START_MINUTES, TimeUnit.MINUTES);
    }

    private void closeAtEnd() {
        try {
            close();
        } catch (IOException | TimeoutException failure) {
            System.err.println("Cannot clean up in " + home + ": " + failure);
        }
    }

    // YAML is a superset of JSON.
    private static JsonObject pluginConfig(Options options) {
        return new JsonObject()
                .put("executor", "docker")
                .put(
                        "docker",
                        new JsonObject().put("sandboxes", new JsonObject().put("shared-by", options.sandboxes())))
                .put(
                        "languages",
                        new JsonObject()
                                .put(
                                        "shell",
                                        new JsonObject()
                                                .put("image", options.image())
                                                .put("warm", options.warm())
                                                .put("command", new JsonArray().add("sh"))))
                .put("network", new JsonObject().put("default", options.network()));
    }

    // Those that wait count as well.
    private static int slots(Options options) {
        return Math.max(8, options.mostAtOnce() + options.warm());
    }

    private static JsonObject offering() {
        return new JsonObject()
                .put("name", OFFERING)
                .put("type", "custom-scripts")
                .put("settings", new JsonObject().put("language", "shell").put("create", Script.TEXT));
    }

    private static void write(Path file, JsonObject content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content.encodePrettily());
    }

    Vertx vertx() {
        return vertx;
    }

    Host host() {
        return host;
    }

    Path dataDirectory() {
        return data.path();
    }

    /** Calls the host where its callers are: on a context. */
    <T> Future<T> onContext(Supplier<Future<T>> call) {
        return Future.future(promise -> context.runOnContext(now -> call.get().onComplete(promise)));
    }

    @Override
    public synchronized void close() throws IOException, TimeoutException {
        if (closed) {
            return;
        }
        closed = true;
        onContext(host::stop).eventually(vertx::close).await(STOP_SECONDS, TimeUnit.SECONDS);
        data.close();
        List<Path> all;
        try (Stream<Path> walk = Files.walk(home)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
