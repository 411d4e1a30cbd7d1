package io.factotum.host.plugin;

import io.factotum.api.PluginContext;
import io.factotum.api.admin.AdminRoutes;
import io.factotum.api.health.Health;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.metrics.Meters;
import io.factotum.api.offering.OfferingSupport;
import io.factotum.api.store.DocumentStore;
import io.factotum.api.store.ResourceStore;
import io.factotum.api.store.RunStore;
import io.factotum.api.store.SecretBox;
import io.factotum.api.store.SqlStore;
import io.factotum.host.plugin.lent.GuardedHandler;
import io.factotum.host.plugin.lent.Loan;
import io.factotum.host.plugin.lent.OnHost;
import io.factotum.host.plugin.lent.PluginCall;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What the host lends one plugin. */
final class HostPluginContext implements PluginContext {

    private final StagedJar jar;
    private final PluginSettings settings;
    private final PluginServices services;
    private final Loan loan;
    private final Context host;
    private final JsonObject config;
    private final Context context;
    private final PluginCall call;
    private final Function<ServedType, Future<Void>> onServed;
    private final AtomicBoolean serving = new AtomicBoolean();
    private volatile boolean ended;

    HostPluginContext(
            StagedJar jar,
            PluginSettings settings,
            PluginServices services,
            Loan loan,
            Context host,
            JsonObject config,
            Context context,
            PluginCall call,
            Function<ServedType, Future<Void>> onServed) {
        this.jar = jar;
        this.settings = settings;
        this.services = services;
        this.loan = loan;
        this.host = host;
        this.config = config;
        this.context = context;
        this.call = call;
        this.onServed = onServed;
    }

    @Override
    public String id() {
        return jar.descriptor().id();
    }

    @Override
    public String version() {
        return jar.descriptor().version();
    }

    @Override
    public String installId() {
        return services.installId();
    }

    @Override
    public Vertx vertx() {
        return context.owner();
    }

    @Override
    public Clock clock() {
        return services.clock();
    }

    @Override
    public JsonObject config() {
        return config.copy();
    }

    @Override
    public String configName() {
        return settings.configOf(id()).toString();
    }

    @Override
    public boolean allowsProcesses() {
        return settings.processesAllowed();
    }

    @Override
    public Path dataDirectory() {
        return settings.dataOf(id());
    }

    @Override
    public int hostSlots() {
        return services.lifecycle().hostSlots();
    }

    @Override
    public void slots(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("Cannot have %d slots. Expected 0 or more.".formatted(most));
        }
        if (!ended) {
            services.lifecycle().slots(id(), most);
        }
    }

    @Override
    public Future<Void> serve(OfferingSupport support, LifecycleHandler handler) {
        Objects.requireNonNull(support, "support");
        Objects.requireNonNull(handler, "handler");
        if (ended) {
            return Future.failedFuture(new IllegalStateException(
                    "Cannot serve type '%s': the plugin is stopped. Call serve in start.".formatted(id())));
        }
        if (!serving.compareAndSet(false, true)) {
            return Future.failedFuture(new IllegalStateException(
                    "Cannot serve type '%s': the plugin serves it already. Call serve once.".formatted(id())));
        }
        JsonObject schema = jar.settingsSchema();
        ServedType served = new ServedType(id(), schema == null ? null : new JarSchema(schema), support, call);
        // Who hears that it is served may rely on it: also the host, at the end of a start that ends with this.
        Future<Void> known = services.lifecycle()
                .serve(id(), host, new GuardedHandler(handler, call))
                .compose(ignored -> onServed.apply(served))
                .onFailure(ignored -> serving.set(false));
        return OnHost.answer(known, context);
    }

    /** From now on it is no longer valid. */
    void end() {
        ended = true;
    }

    @Override
    public RunStore runs() {
        return OnHost.lend(RunStore.class, services.runs(id()), host, call);
    }

    @Override
    public ResourceStore resources() {
        return OnHost.lend(ResourceStore.class, services.resources(id()), host, call);
    }

    @Override
    public DocumentStore documents() {
        return OnHost.lend(DocumentStore.class, services.documents(id()), host, call);
    }

    @Override
    public SecretBox secrets() {
        return services.secrets();
    }

    @Override
    public SqlStore sql() {
        return loan.sql();
    }

    @Override
    public AdminRoutes routes() {
        return loan.routes();
    }

    @Override
    public Health health() {
        return loan.health();
    }

    @Override
    public Meters meters() {
        return loan.meters();
    }

    @Override
    public <T> Future<T> blocking(Callable<T> work) {
        return call.blocking(Objects.requireNonNull(work, "work"));
    }

    @Override
    public Future<Buffer> resource(String name) {
        return call.blocking(() -> {
            try (ZipFile zip = new ZipFile(jar.copy().toFile())) {
                ZipEntry entry = zip.getEntry(name);
                if (entry == null || entry.isDirectory()) {
                    throw new IllegalArgumentException(
                            "Cannot read '%s': the jar of plugin '%s' has no such entry.".formatted(name, id()));
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    return Buffer.buffer(in.readAllBytes());
                }
            }
        });
    }
}
