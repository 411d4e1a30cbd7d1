package io.factotum.bench.plugins;

import io.factotum.api.config.ConfigReader;
import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.host.DataDirectory;
import io.factotum.host.Host;
import io.factotum.host.HostConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The real host in this JVM, asked over HTTP; how long its steps take is heard on its bus. */
final class HostLane implements AutoCloseable {

    private static final Duration MOST = Duration.ofSeconds(20);

    private final Path plugins;
    private final Duration poll;
    private final DataDirectory data;
    private final Vertx vertx;
    private final Context context;
    private final Host host;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Host.Address address;
    private final Map<String, Long> reached = new ConcurrentHashMap<>();

    HostLane(Path home, Duration poll) throws IOException, TimeoutException {
        this.plugins = Files.createDirectories(home.resolve("plugins-dir"));
        this.poll = poll;
        this.data = DataDirectory.take(home.resolve("data"));
        this.vertx = Vertx.vertx(new VertxOptions()
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.context = vertx.getOrCreateContext();
        JsonObject config = new JsonObject()
                .put("http", new JsonObject().put("port", 0))
                .put("plugins", new JsonObject().put("poll", poll.toString()));
        this.host = new Host(vertx, HostConfig.read(new ConfigReader("bench", config), home), data);
        vertx.eventBus().<JsonObject>localConsumer(LifecycleAddress.PLUGINS_CHANGED, message -> {
            JsonObject plugin = message.body();
            reached.put(plugin.getString("file") + " " + plugin.getString("state"), System.nanoTime());
        });
        this.address = onContext(host::start).await(5, TimeUnit.MINUTES);
    }

    private <T> Future<T> onContext(Supplier<Future<T>> call) {
        return Future.future(promise -> context.runOnContext(now -> call.get().onComplete(promise)));
    }

    /** From the staged jar to the active plugin, and from the begin of its stop until it is unloaded. */
    Lap lap(BenchJar jar) throws IOException, InterruptedException {
        reached.clear();
        post(jar, "enable");
        long staged = reached(jar, "STAGED");
        long active = reached(jar, "ACTIVE");
        post(jar, "disable");
        return new Lap(Lap.millis(active - staged), Lap.millis(reached(jar, "DISABLED") - reached(jar, "STOPPING")));
    }

    /**
     * The way of a jar into service, in milliseconds.
     *
     * @param seen until the host looked
     * @param stood the wait for it to lie still
     * @param answered what came then: staging, loading, starting, and the first request
     */
    record Arrival(double seen, double stood, double answered) {}

    /** Moves a jar into the directory and asks until the plugin answers. */
    Arrival arrive(BenchJar jar) throws IOException, InterruptedException {
        Path part = Files.copy(jar.file(), plugins.resolve(".part"), StandardCopyOption.REPLACE_EXISTING);
        reached.clear();
        long begin = System.nanoTime();
        Files.move(part, plugins.resolve(name(jar)), StandardCopyOption.ATOMIC_MOVE);
        int status = 0;
        while (status != 204) {
            if (System.nanoTime() - begin > MOST.toNanos()) {
                throw new IllegalStateException("No answer but %d of %s".formatted(status, jar.id()));
            }
            Thread.sleep(1);
            status = send(request("/ext/" + jar.id() + "/hello").GET());
        }
        long answered = System.nanoTime();
        long seen = reached(jar, "DISCOVERED");
        // It is looked at again so much later, and has lain still for longer than it has to.
        return new Arrival(Lap.millis(seen - begin), poll.toMillis(), Lap.millis(answered - seen - poll.toNanos()));
    }

    /** Switched off, to be measured in laps. */
    void rest(BenchJar jar) throws IOException, InterruptedException {
        post(jar, "disable");
    }

    /** Switched on again: that outlives the jar. */
    void wake(BenchJar jar) throws IOException, InterruptedException {
        post(jar, "enable");
    }

    void remove(BenchJar jar) throws IOException, InterruptedException {
        expect(send(request("/plugins/" + jar.id()).DELETE()), 204);
    }

    private static String name(BenchJar jar) {
        return jar.file().getFileName().toString();
    }

    // It is published before it is answered, and may be heard after.
    private long reached(BenchJar jar, String state) throws InterruptedException {
        String key = name(jar) + " " + state;
        for (int i = 0; i < 1000 && !reached.containsKey(key); i++) {
            Thread.sleep(1);
        }
        return Objects.requireNonNull(reached.get(key), key);
    }

    private void post(BenchJar jar, String verb) throws IOException, InterruptedException {
        expect(send(request("/plugins/%s/%s".formatted(jar.id(), verb)).POST(BodyPublishers.noBody())), 200);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address.url() + "/api/v1" + path))
                .header("Authorization", "Bearer " + address.adminToken());
    }

    private int send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        return response.statusCode();
    }

    private static void expect(int status, int expected) {
        if (status != expected) {
            throw new IllegalStateException("The host answered %d, not %d".formatted(status, expected));
        }
    }

    @Override
    public void close() throws IOException, TimeoutException {
        onContext(host::stop).eventually(vertx::close).await(1, TimeUnit.MINUTES);
        data.close();
    }
}
