package io.factotum.scripts;

import io.factotum.api.PluginContext;
import io.factotum.api.admin.AdminRoutes;
import io.factotum.api.health.Health;
import io.factotum.api.health.HealthCheck;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.metrics.Meters;
import io.factotum.api.offering.OfferingSupport;
import io.factotum.api.store.DocumentStore;
import io.factotum.api.store.ResourceStore;
import io.factotum.api.store.RunStore;
import io.factotum.api.store.SecretBox;
import io.factotum.api.store.SqlStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a host lends the plugin, as far as the plugin uses it. */
final class LentContext implements PluginContext {

    volatile int slots = Integer.MAX_VALUE;

    final Map<String, HealthCheck> health = new ConcurrentHashMap<>();
    final MemoryRuns runs = new MemoryRuns();
    final MemoryDocuments documents = new MemoryDocuments();

    @Nullable
    OfferingSupport support;

    @Nullable
    LifecycleHandler handler;

    private final Vertx vertx;
    private final Path directory;
    private final JsonObject config;
    private final boolean allowsProcesses;

    LentContext(Vertx vertx, Path directory, JsonObject config, boolean allowsProcesses) {
        this.vertx = vertx;
        this.directory = directory;
        this.config = config;
        this.allowsProcesses = allowsProcesses;
    }

    @Override
    public String id() {
        return "custom-scripts";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String installId() {
        return "0b000000-0000-4000-8000-000000000001";
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public Clock clock() {
        return Clock.systemUTC();
    }

    @Override
    public JsonObject config() {
        return config;
    }

    @Override
    public String configName() {
        return "custom-scripts.yaml";
    }

    @Override
    public boolean allowsProcesses() {
        return allowsProcesses;
    }

    @Override
    public Path dataDirectory() {
        return directory;
    }

    @Override
    public int hostSlots() {
        return 8;
    }

    @Override
    public void slots(int most) {
        slots = most;
    }

    @Override
    public Future<Void> serve(OfferingSupport servedSupport, LifecycleHandler servedHandler) {
        support = servedSupport;
        handler = servedHandler;
        return Future.succeededFuture();
    }

    @Override
    public RunStore runs() {
        return runs;
    }

    @Override
    public ResourceStore resources() {
        throw new UnsupportedOperationException("The plugin reads no resources.");
    }

    @Override
    public DocumentStore documents() {
        return documents;
    }

    @Override
    public SecretBox secrets() {
        return Fixtures.BOX;
    }

    @Override
    public Health health() {
        return new Health() {
            @Override
            public Health check(String name, HealthCheck check) {
                health.put(name, check);
                return this;
            }
        };
    }

    // What follows the plugin does not use.

    @Override
    public SqlStore sql() {
        throw new UnsupportedOperationException();
    }

    @Override
    public AdminRoutes routes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Meters meters() {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> Future<T> blocking(Callable<T> work) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Buffer> resource(String name) {
        throw new UnsupportedOperationException();
    }
}
