package io.factotum.testkit;

import io.factotum.api.config.ConfigReader;
import io.factotum.host.DataDirectory;
import io.factotum.host.Host;
import io.factotum.host.HostConfig;
import io.factotum.host.HostVertx;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** A real host with a directory, a database and a port of its own, on loopback. */
final class HostUnderTest implements AutoCloseable {

    private final Path home = Directories.temporary("factotum-testkit-host");
    private final String database = SharedPostgres.newDatabase();
    private final Vertx vertx = HostVertx.create();
    private final Context context = vertx.getOrCreateContext();
    private final DataDirectory data;
    private final Host host;
    private final HostApi api;

    /** With these settings of {@code host.yaml} on top of those that a test needs. */
    HostUnderTest(JsonObject settings) throws IOException {
        JsonObject config = new JsonObject()
                .put("http", new JsonObject().put("port", 0))
                .put("database", new JsonObject().put("url", database).put("pool-size", 5))
                // A test that waits for a retry or a late look should not wait long.
                .put("lifecycle", new JsonObject().put("look", "PT0.5S").put("retry-delay", "PT0.2S"))
                .put("plugins", new JsonObject().put("poll", "PT0.2S").put("unload-grace", "PT0.001S"))
                .mergeIn(settings, true);
        data = DataDirectory.take(home.resolve("data"));
        host = new Host(vertx, HostConfig.read(new ConfigReader("host settings of the test", config), home), data);
        Host.Address address = Waiting.until("the host to start", onContext(host::start));
        api = new HostApi(address.url(), address.adminToken());
    }

    Vertx vertx() {
        return vertx;
    }

    HostApi api() {
        return api;
    }

    JsonObject classLoaders(String pluginId) {
        return Waiting.until("the leak report", host.plugins().classLoaders(pluginId));
    }

    /** What the plugin is configured with from its next load on; nothing if that is empty. */
    void configure(String pluginId, String yaml) throws IOException {
        Path file = home.resolve("conf/plugins").resolve(pluginId + ".yaml");
        Files.createDirectories(file.getParent());
        if (yaml.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            Files.writeString(file, yaml);
        }
    }

    private <T> Future<T> onContext(Supplier<Future<T>> call) {
        return Future.future(promise -> context.runOnContext(now -> call.get().onComplete(promise)));
    }

    @Override
    public void close() throws IOException {
        try {
            Waiting.until("the host to stop", onContext(host::stop).eventually(vertx::close));
        } finally {
            data.close();
            SharedPostgres.drop(database);
            Directories.delete(home);
        }
    }
}
