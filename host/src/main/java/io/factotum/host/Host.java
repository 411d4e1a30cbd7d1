package io.factotum.host;

import io.factotum.host.http.AdminApi;
import io.factotum.host.http.AdminParts;
import io.factotum.host.http.ApiContract;
import io.factotum.host.http.Authentication;
import io.factotum.host.http.LifecycleOperations;
import io.factotum.host.lifecycle.Lifecycle;
import io.factotum.host.offering.OfferingDirectory;
import io.factotum.host.offering.OfferingService;
import io.factotum.host.output.OutputNews;
import io.factotum.host.output.OutputRequests;
import io.factotum.host.output.OutputStore;
import io.factotum.host.plugin.PluginManagement;
import io.factotum.host.plugin.PluginReconciler;
import io.factotum.host.plugin.PluginServices;
import io.factotum.host.plugin.PluginSettings;
import io.factotum.host.storage.AesSecretBox;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.EmbeddedPostgres;
import io.factotum.host.storage.PgDocumentStore;
import io.factotum.host.storage.PgResourceStore;
import io.factotum.host.storage.PgRunStore;
import io.factotum.host.storage.PgViews;
import io.factotum.host.storage.PluginSchema;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One host, put together: it starts storage, plugins, lifecycle and HTTP in that order, and stops them in reverse. What a
 * failed start had begun is stopped too.
 */
public final class Host {

    private static final Logger LOG = LoggerFactory.getLogger(Host.class);

    private final Vertx vertx;
    private final HostConfig config;
    private final DataDirectory data;
    private final AesSecretBox secrets;
    private final String hostId;
    private final Future<ApiContract> contract;
    private final HostMetrics metrics = new HostMetrics();
    private final StartReport report = new StartReport();
    private final Deque<Supplier<Future<Void>>> stops = new ArrayDeque<>();
    private @Nullable Lifecycle lifecycle;
    private @Nullable PluginManagement plugins;

    /** What whoever started it may want to know. */
    public record Address(String url, String adminToken) {}

    /**
     * On a Vert.x of {@link HostVertx}, with that data directory, which has been taken. Blocks to read its keys; not on a Vert.x thread.
     *
     * @throws IOException if they cannot be read or made
     */
    public Host(Vertx vertx, HostConfig config, DataDirectory data) throws IOException {
        this.vertx = vertx;
        this.config = config;
        this.data = data;
        this.secrets = new AesSecretBox(data.secretKey());
        this.hostId = data.hostId();
        this.contract = loadContract();
    }

    /** Starts it; completes when it serves. */
    public Future<Address> start() {
        stops.push(metrics::close);
        return report.step("database", this::connect)
                .compose(database -> report.step("schema", database::migrate).map(database))
                .compose(database -> database.installationId().compose(install -> start(database, install)))
                .onSuccess(address -> LOG.info("Ready at {} after {}", address.url(), report))
                .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
    }

    /** Stops it; what is under way is left to be adopted at the next start. */
    public Future<Void> stop() {
        Supplier<Future<Void>> next = stops.pollFirst();
        return next == null
                ? Future.succeededFuture()
                : next.get()
                        .otherwise(failure -> {
                            LOG.warn("Cannot stop a part of the host: {}", failure.getMessage());
                            return null;
                        })
                        .compose(stopped -> stop());
    }

    /** The lifecycle, once started: for who embeds a host. */
    public Lifecycle lifecycle() {
        if (lifecycle == null) {
            throw new IllegalStateException("Cannot give the lifecycle: the host has not started.");
        }
        return lifecycle;
    }

    /** Its plugins, once started: for who embeds a host. */
    public PluginManagement plugins() {
        if (plugins == null) {
            throw new IllegalStateException("Cannot give the plugins: the host has not started.");
        }
        return plugins;
    }

    private Future<Database> connect() {
        return connectOptions().map(options -> {
            Database database = new Database(vertx, options, config.databasePoolSize());
            stops.push(database::close);
            return database;
        });
    }

    private Future<PgConnectOptions> connectOptions() {
        if (!config.databaseUrl().isEmpty()) {
            return Future.succeededFuture(PgConnectOptions.fromUri(config.databaseUrl()));
        }
        EmbeddedPostgres embedded = new EmbeddedPostgres(vertx, data.resolve("postgresql"));
        stops.push(embedded::close);
        return embedded.start();
    }

    private Future<Address> start(Database database, UUID install) {
        PgViews views = new PgViews(database);
        Lifecycle newLifecycle = newLifecycle(database, install, views);
        lifecycle = newLifecycle;
        PluginReconciler newPlugins = newPlugins(database, install, newLifecycle);
        plugins = newPlugins.management();
        ServedOfferingTypes types = new ServedOfferingTypes(newPlugins);
        OfferingService offerings = new OfferingService(database, views, types);
        return report.step("OpenAPI file", this::contractHere).compose(contract -> {
            OfferingDirectory directory = new OfferingDirectory(
                    vertx,
                    config.offeringsDirectory(),
                    database,
                    offerings,
                    types,
                    secrets,
                    body -> contract.bodyFaults("createOffering", body));
            return report.step("plugins", () -> {
                        stops.push(newPlugins::stop);
                        return newPlugins.start();
                    })
                    .compose(started -> {
                        // Before the first look at the files: a type that begins to be served during it is not missed.
                        newPlugins.onServed(type -> directory.sync());
                        return report.step("offerings", directory::sync);
                    })
                    .compose(synced -> report.step("lifecycle", () -> {
                        stops.push(newLifecycle::stop);
                        return newLifecycle.start();
                    }))
                    .compose(started -> report.step(
                            "HTTP", () -> serve(contract, database, views, offerings, newPlugins, newLifecycle)));
        });
    }

    private Future<ApiContract> contractHere() {
        Context here = vertx.getOrCreateContext();
        Promise<ApiContract> promise = Promise.promise();
        contract.onComplete(result -> here.runOnContext(now -> promise.handle(result)));
        return promise.future();
    }

    /**
     * The library reads its own schemas through a Vert.x that looks for files on the class path, which the host's does not
     * do: so it is lent one for as long as that takes.
     */
    private static Future<ApiContract> loadContract() {
        Vertx reader = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        Promise<ApiContract> loaded = Promise.promise();
        ApiContract.load(reader).onComplete(result -> {
            loaded.handle(result);
            // From a thread that is not its own, which it waits for.
            ForkJoinPool.commonPool().execute(reader::close);
        });
        return loaded.future();
    }

    private Lifecycle newLifecycle(Database database, UUID install, PgViews views) {
        return new Lifecycle(
                vertx,
                database,
                new Lifecycle.Views(views::order, views::run, views::resource),
                new Lifecycle.Settings(
                        hostId,
                        install,
                        config.slots(),
                        config.slotsPerOffering(),
                        config.slotsPerCustomer(),
                        config.lease(),
                        config.look(),
                        config.retries(),
                        config.keepPullRuns()));
    }

    private PluginReconciler newPlugins(Database database, UUID install, Lifecycle newLifecycle) {
        return new PluginReconciler(
                vertx,
                new PluginSettings(
                        config.pluginsDirectory(),
                        data.resolve("plugin-jars"),
                        data.path(),
                        config.pluginsConfigDirectory(),
                        config.pluginsPoll(),
                        config.pluginStartTimeout(),
                        config.pluginStopTimeout(),
                        config.pluginUnloadGrace(),
                        config.pluginTrust(),
                        config.processesAllowed()),
                new PluginServices(
                        plugin -> new PgRunStore(database, hostId),
                        plugin -> new PgResourceStore(database, plugin),
                        plugin -> new PgDocumentStore(database, plugin),
                        plugin -> new PluginSchema(vertx, database, plugin),
                        metrics.registry(),
                        secrets,
                        install.toString(),
                        Clock.systemUTC(),
                        newLifecycle.server()));
    }

    private Future<Address> serve(
            ApiContract contract,
            Database database,
            PgViews views,
            OfferingService offerings,
            PluginReconciler newPlugins,
            Lifecycle newLifecycle) {
        OutputStore outputs = new OutputStore(database);
        OutputNews outputNews = new OutputNews(vertx, database);
        stops.push(outputNews::stop);
        outputNews.start();
        new OutputRequests(outputs).serve(vertx);
        AdminParts parts = new AdminParts(
                views,
                outputs,
                outputNews,
                offerings,
                operations(newLifecycle),
                new HostedPlugins(newPlugins.management(), newPlugins.requests()),
                Map.of(
                        "database",
                        database::ping,
                        "lifecycle",
                        () -> dispatching(newLifecycle),
                        "plugins",
                        newPlugins::ready),
                metrics::scrape);
        return Authentication.load(vertx, data.path()).compose(authentication -> {
            AdminApi api = new AdminApi(vertx, contract, authentication, parts);
            stops.push(api::close);
            return api.start(config.httpHost(), config.httpPort(), config.httpMaxBody())
                    .map(port ->
                            new Address("http://%s:%d".formatted(config.httpHost(), port), authentication.token()));
        });
    }

    private static Future<Void> dispatching(Lifecycle lifecycle) {
        return lifecycle.isStarted()
                ? Future.succeededFuture()
                : Future.failedFuture("Runs are not dispatched: the host is starting or stopping.");
    }

    private static LifecycleOperations operations(Lifecycle lifecycle) {
        return new LifecycleOperations() {
            @Override
            public Future<JsonObject> submit(JsonObject request, @Nullable String idempotencyKey) {
                return lifecycle.orders().submit(request, idempotencyKey);
            }

            @Override
            public Future<JsonObject> pullNow(UUID resourceId) {
                return lifecycle.runs().pullNow(resourceId);
            }

            @Override
            public Future<JsonObject> cancel(UUID runId) {
                return lifecycle.runs().cancel(runId);
            }
        };
    }
}
