package io.factotum.host.plugin;

import io.factotum.api.offering.Fault;
import io.factotum.host.Refusal;
import io.factotum.host.plugin.lent.Loan;
import io.factotum.host.plugin.trust.Proof;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people may do with the plugins of one host. Each answers with the plugin as it is once that is done, which may
 * be {@code FAILED}; fails with a {@link Refusal} if it cannot be tried. Any thread may call.
 */
public final class PluginManagement {

    private static final Logger LOG = LoggerFactory.getLogger(PluginManagement.class);

    private final PluginHome home;
    private final PluginReconciler reconciler;
    private final PluginFiles files;

    PluginManagement(PluginHome home, PluginReconciler reconciler) {
        this.home = home;
        this.reconciler = reconciler;
        this.files = new PluginFiles(
                home.settings().pluginsDirectory(), home.settings().trust());
    }

    /** Every plugin, and every jar that is none. */
    public List<JsonObject> list() {
        return reconciler.describe();
    }

    /** One plugin with history, configuration without secrets, what could be rolled back to, and what it leaks. */
    public Future<JsonObject> get(String id) {
        return reconciler.atHome(() -> {
            JsonObject json = home.register()
                    .find(id)
                    .orElseThrow(() -> Refusal.notFound("plugin", id))
                    .toJsonWithHistory();
            PluginSlot slot = reconciler.find(id).map(ManagedPlugin::slot).orElse(null);
            if (slot != null && slot.shownConfig() != null) {
                json.put("config", slot.shownConfig());
            }
            return healthOf(id)
                    .onSuccess(health -> health.ifPresent(told -> json.put("health", told)))
                    .compose(told -> home.watch().lastGoodHash(id, json.getString("sha256", "")))
                    .compose(previous -> home.watch().blocking(() -> {
                        Transition.putInto(json, "previous_sha256", previous);
                        return json.put("class_loaders", home.leaks().report(id));
                    }));
        });
    }

    /** What became of the classes of a plugin's earlier lives, also once it is removed: {@code class_loaders} of {@link #get}. */
    public Future<JsonObject> classLoaders(String id) {
        return reconciler.leaks(id);
    }

    private Future<Optional<JsonObject>> healthOf(String id) {
        Loan loan = home.loans().get(id);
        return loan == null
                ? Future.succeededFuture(Optional.empty())
                : loan.health().look().map(Optional::of);
    }

    /**
     * Checks a jar, puts it into the plugins directory, and loads it.
     *
     * @param proof what makes it trusted: its checksum or its signature, as text; null if none was sent
     */
    public Future<JsonObject> upload(Buffer jar, @Nullable String proof) {
        return home.watch()
                .receive(jar, new Proof("the header 'X-Factotum-Proof'", proof == null ? null : Buffer.buffer(proof)))
                .recover(thrown -> Future.failedFuture(unusable(thrown)))
                .compose(staged -> reconciler
                        .atHome(() -> {
                            StagedJar named = staged.in(reconciler.fileFor(staged));
                            return write(named.file(), () -> files.put(named.file(), named.copy()))
                                    .compose(written -> reconciler.put(named));
                        })
                        .compose(done -> get(staged.descriptor().id())));
    }

    /** Switches it off: here at once, and soon on every other host of the installation. */
    public Future<JsonObject> disable(String id) {
        return with(id, (plugin, entry) -> home.switches().turn(id, true).compose(kept -> plugin.retry()));
    }

    /** Switches it on again. */
    public Future<JsonObject> enable(String id) {
        return with(id, (plugin, entry) -> home.switches().turn(id, false).compose(kept -> {
            PluginSlot running = plugin.slot();
            return running == null ? plugin.retry() : Future.succeededFuture();
        }));
    }

    /** The JSON Schema of its configuration; one that takes anything if its jar has none. */
    public JsonObject configSchema(String id) {
        StagedJar jar =
                home.register().find(id).map(PluginEntry::jar).orElseThrow(() -> Refusal.notFound("plugin", id));
        JsonObject schema = jar.configSchema();
        return schema == null ? new JsonObject().put("type", "object") : schema.copy();
    }

    /**
     * Gives it another configuration, which is written to its file, and loads it with that.
     *
     * @param config references unresolved; where it says {@code ***}, what is there stays
     * @param dryRun only tells whether it fits: answers {@code {config}} as it would be shown
     */
    public Future<JsonObject> configure(String id, JsonObject config, boolean dryRun) {
        if (dryRun) {
            return reconciler.atHome(
                    () -> config(id).check(config).map(shown -> new JsonObject().put("config", shown)));
        }
        return with(id, (plugin, entry) -> config(id).change(config));
    }

    private ConfigManagement config(String id) {
        return new ConfigManagement(home, id, reconciler.find(id).orElseThrow(() -> Refusal.notFound("plugin", id)));
    }

    /** Loads it afresh, with its configuration read anew. */
    public Future<JsonObject> reload(String id) {
        return with(id, (plugin, entry) -> {
            if (entry.state() != PluginState.ACTIVE || entry.rolledBackFrom() != null) {
                throw notNow("reload", id, entry, "Retry what lies in the directory, or enable it.");
            }
            return plugin.reload();
        });
    }

    /** Tries what lies in the directory once more: it failed, or another runs in its place. */
    public Future<JsonObject> retry(String id) {
        return with(id, (plugin, entry) -> {
            boolean runs = entry.state() == PluginState.ACTIVE && entry.rolledBackFrom() == null;
            if (runs || entry.state() == PluginState.DISABLED) {
                throw notNow("retry", id, entry, runs ? "Reload it." : "Enable it.");
            }
            return plugin.retry();
        });
    }

    /** Puts the jar that ran well before back into the plugins directory, and runs it. */
    public Future<JsonObject> rollBack(String id) {
        return with(id, (plugin, entry) -> {
            StagedJar now = plugin.wanted();
            if (now == null || entry.state() == PluginState.DISABLED) {
                throw notNow("roll back", id, entry, "Enable it.");
            }
            return home.watch().lastGood(now).compose(good -> {
                if (good == null) {
                    throw notNow(
                            "roll back",
                            id,
                            entry,
                            "There is no other jar of it that has run well here and may be loaded now.");
                }
                return write(now.file(), () -> files.put(now.file(), good.copy()))
                        .compose(written -> reconciler.atHome(() -> reconciler.goneBack(plugin, good)));
            });
        });
    }

    /** Removes its jar from the plugins directory and unloads it. */
    public Future<Void> remove(String id) {
        return reconciler.atHome(() -> {
            ManagedPlugin plugin = reconciler.find(id).orElseThrow(() -> Refusal.notFound("plugin", id));
            String file = plugin.file();
            if (file == null) {
                return plugin.settled();
            }
            return write(file, () -> files.remove(file))
                    .compose(removed -> home.watch().forget(file))
                    .compose(removed -> reconciler.taken(plugin, file));
        });
    }

    private Future<JsonObject> with(String id, BiFunction<ManagedPlugin, PluginEntry, Future<Void>> action) {
        return reconciler
                .atHome(() -> {
                    ManagedPlugin plugin = reconciler.find(id).orElseThrow(() -> Refusal.notFound("plugin", id));
                    PluginEntry entry = home.register().find(id).orElseThrow(() -> Refusal.notFound("plugin", id));
                    if (entry.state() == PluginState.STUCK) {
                        throw notNow("change", id, entry, "Start the host again.");
                    }
                    return action.apply(plugin, entry);
                })
                .compose(done -> get(id));
    }

    private Future<Void> write(String file, Write body) {
        Callable<@Nullable Void> writing = () -> {
            body.run();
            return null;
        };
        return home.watch().blocking(writing).recover(thrown -> {
            Path path = home.settings().pluginsDirectory().resolve(file);
            LOG.warn("Plugins directory cannot be changed file={}: {}", path, thrown.toString());
            return Future.failedFuture(new Refusal(
                    409,
                    "directory_not_writable",
                    "Cannot change '%s' in the plugins directory: %s. Change it where it is kept."
                            .formatted(file, thrown.getMessage())));
        });
    }

    /** Something that changes the plugins directory. */
    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private static Refusal notNow(String verb, String id, PluginEntry entry, String instead) {
        return new Refusal(
                409,
                "not_in_this_state",
                "Cannot %s plugin '%s': it is %s%s. %s"
                        .formatted(
                                verb,
                                id,
                                entry.state(),
                                entry.rolledBackFrom() == null ? "" : ", in place of another",
                                instead));
    }

    private static Throwable unusable(Throwable thrown) {
        if (thrown instanceof RejectedJarException rejected) {
            return Refusal.unprocessable(
                    "load the jar",
                    rejected.reason().lines().map(fault -> new Fault("", fault)).toList());
        }
        return thrown instanceof IOException
                ? Refusal.unprocessable(
                        "load the jar",
                        List.of(new Fault(
                                "",
                                "Cannot read the jar: %s. Expected a whole zip file.".formatted(thrown.getMessage()))))
                : thrown;
    }
}
