package io.factotum.host.plugin;

import io.factotum.api.lifecycle.Change;
import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.resource.Label;
import io.factotum.api.resource.Offering;
import io.factotum.api.resource.Resource;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.factotum.api.store.ResourceStore;
import io.factotum.api.store.RunStore;
import io.factotum.api.store.SecretBox;
import io.factotum.host.lifecycle.LifecycleServer;
import io.factotum.host.plugin.trust.TrustPolicy;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PluginSchema;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** A host with nothing but its plugins, quick to look and quick to lose patience. */
final class PluginHost implements LifecycleServer, AutoCloseable {

    static final Duration TIMEOUT = Duration.ofMillis(400);

    /** Nothing listens there: who needs tables brings a database. */
    private static final Function<Vertx, Database> NOWHERE =
            vertx -> new Database(vertx, new PgConnectOptions().setPort(1), 1);

    final Path plugins;
    final Path conf;
    final Path data;
    final Vertx vertx = Vertx.vertx();
    final Database database;
    final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final PluginReconciler reconciler;
    final Map<String, Integer> slots = new ConcurrentHashMap<>();
    final Map<String, LifecycleHandler> handlers = new ConcurrentHashMap<>();
    /** Called with the host's context when a plugin begins to serve. */
    volatile Consumer<Context> whenServed = context -> {};

    private final Map<String, MemoryDocuments> documents = new ConcurrentHashMap<>();

    PluginHost(Path root) {
        this(root, TIMEOUT);
    }

    PluginHost(Path root, TrustPolicy trust) {
        this(root, TIMEOUT, trust, NOWHERE);
    }

    PluginHost(Path root, Duration timeout) {
        this(root, timeout, TrustPolicy.NONE, NOWHERE);
    }

    PluginHost(Path root, Duration timeout, Function<Vertx, Database> databases) {
        this(root, timeout, TrustPolicy.NONE, databases);
    }

    private PluginHost(Path root, Duration timeout, TrustPolicy trust, Function<Vertx, Database> databases) {
        this.database = databases.apply(vertx);
        this.plugins = directory(root.resolve("plugins-dir"));
        this.conf = directory(root.resolve("conf").resolve("plugins"));
        this.data = root.resolve("data");
        this.reconciler = new PluginReconciler(
                vertx,
                new PluginSettings(
                        plugins,
                        root.resolve("work"),
                        data,
                        root.resolve("conf"),
                        Duration.ofMillis(40),
                        timeout,
                        timeout,
                        Duration.ZERO,
                        trust,
                        true),
                new PluginServices(
                        id -> new NoRuns(),
                        id -> new NoResources(),
                        this::documents,
                        id -> new PluginSchema(vertx, database, id),
                        meters,
                        new PlainBox(),
                        "install-1",
                        Clock.systemUTC(),
                        this));
    }

    private static Path directory(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Puts a jar there as if it had lain there for a while. */
    PluginHost with(String file, JarBuilder jar) throws IOException {
        Files.setLastModifiedTime(
                jar.writeTo(plugins.resolve(file)), FileTime.from(Instant.now().minusSeconds(60)));
        return this;
    }

    PluginHost started() {
        await(reconciler.start());
        return this;
    }

    /** Drops a jar as the documentation says: under another name first. */
    void drop(String file, JarBuilder jar) throws IOException {
        Path part = jar.writeTo(plugins.resolve("." + file + ".part"));
        Files.move(part, plugins.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    JsonObject entry(String file) {
        return find(file, any -> true)
                .orElseThrow(() -> new AssertionError("no entry of " + file + ": " + reconciler.describe()));
    }

    // For a moment two may be of one file: the plugin that it was, and the one that it is.
    private Optional<JsonObject> find(String file, Predicate<JsonObject> like) {
        return reconciler.describe().stream()
                .filter(entry -> entry.getString("file").equals(file))
                .filter(like)
                .findFirst();
    }

    /** The entry once it is in that state. */
    JsonObject reached(String file, String state) {
        return reached(file, entry -> entry.getString("state").equals(state));
    }

    /** The entry once a jar of that version is in that state. */
    JsonObject reached(String file, String version, String state) {
        return reached(
                file,
                entry -> version.equals(entry.getString("version"))
                        && entry.getString("state").equals(state));
    }

    /** The entry once it is like that. */
    JsonObject reached(String file, Predicate<JsonObject> like) {
        Promise<JsonObject> reached = Promise.promise();
        Runnable check = () -> find(file, like).ifPresent(reached::tryComplete);
        vertx.eventBus().<JsonObject>consumer(LifecycleAddress.PLUGINS_CHANGED, ignored -> check.run());
        check.run();
        try {
            return await(reached.future());
        } catch (AssertionError late) {
            throw new AssertionError("only this came: " + reconciler.describe(), late);
        }
    }

    /** What of its unloaded lives is not collected yet. */
    JsonObject leaks(String id) {
        return await(reconciler.leaks(id));
    }

    /** Waits until that was published. */
    void published(List<String> steps, String step) {
        try {
            until(() -> steps.contains(step));
        } catch (AssertionError late) {
            throw new AssertionError("only this was published: " + steps, late);
        }
    }

    /** Waits until it is so. */
    void until(BooleanSupplier condition) {
        Promise<Void> met = Promise.promise();
        Runnable check = () -> {
            if (condition.getAsBoolean()) {
                met.tryComplete();
            }
        };
        long timer = vertx.setPeriodic(10, ignored -> check.run());
        check.run();
        try {
            await(met.future());
        } finally {
            vertx.cancelTimer(timer);
        }
    }

    /** What is published from now on of that id, as {@code state version}. */
    List<String> published(String id) {
        List<String> states = new CopyOnWriteArrayList<>();
        vertx.eventBus().<JsonObject>consumer(LifecycleAddress.PLUGINS_CHANGED, message -> {
            if (id.equals(message.body().getString("id"))) {
                states.add(
                        message.body().getString("state") + " " + message.body().getString("version"));
            }
        });
        return states;
    }

    MemoryDocuments documents(String pluginId) {
        return documents.computeIfAbsent(pluginId, id -> new MemoryDocuments());
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException | TimeoutException tooLate) {
            throw new AssertionError("it did not come", tooLate);
        }
    }

    static Throwable failure(Future<?> future) {
        return await(future.transform(answer ->
                answer.failed() ? Future.succeededFuture(answer.cause()) : Future.failedFuture("it succeeded")));
    }

    LifecycleHandler handler(String pluginId) {
        LifecycleHandler handler = handlers.get(pluginId);
        if (handler == null) {
            throw new AssertionError("nothing serves " + pluginId);
        }
        return handler;
    }

    /** A creation that may take ten minutes. */
    static LifecycleEvent create(String type, JsonObject settings) {
        JsonObject none = new JsonObject();
        Label nobody = new Label(null, null);
        return new LifecycleEvent(
                UUID.randomUUID(),
                "/factotum/test",
                EventType.CREATE,
                Instant.now(),
                new Resource(UUID.randomUUID(), "box", "creating", null, none, none, nobody, nobody),
                new Offering(UUID.randomUUID(), "one", type, 1, List.of(), settings),
                new Change(null, none, null, null, false, none),
                null,
                1,
                false,
                Instant.now().plusSeconds(600));
    }

    @Override
    public Future<Void> serve(String pluginId, Context context, LifecycleHandler handler) {
        handlers.put(pluginId, handler);
        whenServed.accept(context);
        return Future.succeededFuture();
    }

    @Override
    public int hostSlots() {
        return 8;
    }

    @Override
    public void slots(String pluginId, int most) {
        slots.put(pluginId, most);
    }

    @Override
    public Future<Void> unserve(String pluginId) {
        handlers.remove(pluginId);
        return Future.succeededFuture();
    }

    @Override
    public void close() {
        await(reconciler.stop());
        await(database.close());
        await(vertx.close());
    }

    List<String> states() {
        return reconciler.describe().stream()
                .map(entry -> entry.getString("state"))
                .toList();
    }

    private static final class NoRuns implements RunStore {
        @Override
        public Future<Void> begin(LifecycleEvent event, String executor, String reference) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Optional<String>> reference(UUID runId) {
            return Future.succeededFuture(Optional.empty());
        }

        @Override
        public Future<Void> saveOutput(UUID runId, OutputUpdate update) {
            return Future.succeededFuture();
        }

        @Override
        public Future<List<OutputSpan>> storedOutput(UUID runId) {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Set<UUID>> unfinished(Collection<UUID> runIds) {
            return Future.succeededFuture(Set.of());
        }
    }

    private static final class NoResources implements ResourceStore {
        @Override
        public Future<Optional<Resource>> find(UUID resourceId) {
            return Future.succeededFuture(Optional.empty());
        }
    }

    private static final class PlainBox implements SecretBox {
        @Override
        public String seal(String secret) {
            return "sealed:" + secret;
        }

        @Override
        public String open(String sealed) {
            return sealed.substring("sealed:".length());
        }
    }
}
