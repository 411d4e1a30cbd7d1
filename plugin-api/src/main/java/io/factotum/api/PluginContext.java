package io.factotum.api;

import io.factotum.api.admin.AdminRoutes;
import io.factotum.api.annotation.ImplementedByHost;
import io.factotum.api.health.Health;
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
import java.util.concurrent.Callable;

/**
 * What the host lends one plugin, valid from {@link Plugin#start} until {@link Plugin#stop()} has ended.
 *
 * <p>All of it may be used from the plugin's context; futures complete there.
 */
@ImplementedByHost
public interface PluginContext {

    /** The plugin's id from its descriptor; also the {@code type} of the offerings it serves. */
    String id();

    /** The plugin's version from its descriptor. */
    String version();

    /**
     * The id of this installation: the same for every host that shares its database. Label what you make outside with
     * it, so that two installations on one engine never touch each other's objects.
     */
    String installId();

    /** The shared Vert.x. Do not close it, and do not register codecs, interceptors or exception handlers on it. */
    Vertx vertx();

    /** The clock to read time from; tests pass another. */
    Clock clock();

    /**
     * The plugin's configuration, {@code conf/plugins/<id>.yaml}, with references resolved; empty if there is none. If the
     * jar has a schema for it ({@code configSchema} of the descriptor) it fits that.
     */
    JsonObject config();

    /** What to call that configuration in an error message: its path, or a name for it. */
    String configName();

    /**
     * Whether the operator of the host allows plugins to run programs as plain processes of its machine, which nothing
     * isolates. A plugin that would must ask here first.
     */
    boolean allowsProcesses();

    /** A directory of the plugin's own that is kept from run to run. It exists. */
    Path dataDirectory();

    /** How many events this host has in hand at once, of all plugins together: {@code lifecycle.slots}. */
    int hostSlots();

    /**
     * Says how many events the plugin can have in hand at once on this host from now on; further ones wait in the queue.
     * May be called again whenever that changes. As long as it is not called, only the host's own limit holds.
     */
    void slots(int most);

    /**
     * Serves the lifecycle addresses of this plugin's type until it is unloaded. Call it once, last in
     * {@link Plugin#start}: from then on runs arrive.
     *
     * @param support checks, seals and shows the settings of offerings of this type
     * @param handler carries out lifecycle events
     * @return completes on the plugin's context when the addresses are served and the host knows the type; fails if the
     *     plugin serves already
     */
    Future<Void> serve(OfferingSupport support, LifecycleHandler handler);

    /** The run log: what a handler tells about a run while it is under way. */
    RunStore runs();

    /** The resources of this plugin's type, to read. */
    ResourceStore resources();

    /** Documents of this plugin's own. */
    DocumentStore documents();

    /** Tables of this plugin's own. */
    SqlStore sql();

    /** Seals secrets for storage, and opens them again. */
    SecretBox secrets();

    /** HTTP routes of this plugin's own. */
    AdminRoutes routes();

    /** Whether what this plugin needs is well. */
    Health health();

    /** What this plugin counts and measures. */
    Meters meters();

    /**
     * Does what may block, on a thread of the plugin's own pool ({@code workerPool} of the descriptor).
     *
     * @return completes with its result on the caller's context; fails with what it throws
     */
    <T> Future<T> blocking(Callable<T> work);

    /**
     * Reads an entry of the plugin's own jar.
     *
     * @param name without a slash before it: {@code pages/index.html}
     * @return fails with an {@link IllegalArgumentException} if there is no such entry
     */
    Future<Buffer> resource(String name);
}
