package io.factotum.host.plugin;

import io.factotum.host.plugin.leak.LeakWatch;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the plugins that run to what lies in the plugins directory. Decides on one event loop context of its own; any
 * thread may call.
 */
public final class PluginReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(PluginReconciler.class);

    private static final Duration LEAK_LOOK = Duration.ofMinutes(1);

    /** After so many looks at the directory it is noticed here what was switched through another host. */
    private static final int SWITCH_LOOKS = 5;

    private final PluginHome home;
    private final PluginRegister register;
    private final Promise<Void> stopping = Promise.promise();

    // From here on, touched on the home context only.
    private final Map<String, ManagedPlugin> plugins = new HashMap<>();
    private final Map<String, StagedJar> files = new TreeMap<>();
    private long leakLook = -1;
    private long switchLook = -1;

    /** Nothing is touched before {@link #start}. */
    public PluginReconciler(Vertx vertx, PluginSettings settings, PluginServices services) {
        this.home = PluginHome.of((VertxInternal) vertx, settings, services, stopping.future());
        this.register = home.register();
        Gauge.builder("factotum.plugin.leaked.class.loaders", home.leaks(), LeakWatch::leaked)
                .description("Unloaded plugins whose classes survived a collection that would have taken them.")
                .register(services.meters());
    }

    /**
     * Loads what lies in the plugins directory, and from then on what is put there.
     *
     * @return completes when each jar that lies there whole is active, rejected or failed; fails only if the plugins or
     *     work directory cannot be made
     */
    public Future<Void> start() {
        return atHome(() -> {
            leakLook = home.vertx()
                    .setPeriodic(LEAK_LOOK.toMillis(), ignored -> home.watch().blocking(() -> {
                        home.leaks().look();
                        return true;
                    }));
            switchLook = home.vertx()
                    .setPeriodic(
                            home.settings()
                                    .pollInterval()
                                    .multipliedBy(SWITCH_LOOKS)
                                    .toMillis(),
                            ignored -> followSwitches());
            return home.watch().start(this::apply).compose(ignored -> settled());
        });
    }

    /** Stops the plugins, the last started first, each within its time. Never fails. */
    public Future<Void> stop() {
        return atHome(this::shutDown);
    }

    /** Every plugin and every jar that is none: {@code id, version, state, file, sha256, phase, reason, since ...}. */
    public List<JsonObject> describe() {
        return register.all().stream().map(PluginEntry::toJson).toList();
    }

    /** What people may do with plugins. */
    public PluginManagement management() {
        return new PluginManagement(home, this);
    }

    /** What of the unloaded lives of that plugin, which may be gone, is not collected yet. */
    Future<JsonObject> leaks(String id) {
        return home.watch().blocking(() -> home.leaks().report(id));
    }

    /** On the home context only. */
    Optional<ManagedPlugin> find(String id) {
        return Optional.ofNullable(plugins.get(id));
    }

    /** The file that one of that id should have: its own, or the id's unless another plugin has that. On the home context. */
    String fileFor(StagedJar jar) {
        String id = jar.descriptor().id();
        ManagedPlugin plugin = plugins.get(id);
        String held = plugin == null ? null : plugin.file();
        if (held != null) {
            return held;
        }
        StagedJar there = files.get(id + ".jar");
        boolean free = there == null || there.descriptor().id().equals(id);
        return free ? id + ".jar" : id + "-" + jar.sha256().substring(0, 8) + ".jar";
    }

    /** It was put into the directory; completes when that is done with. On the home context. */
    Future<Void> put(StagedJar jar) {
        staged(jar);
        ManagedPlugin plugin = plugins.get(jar.descriptor().id());
        return plugin == null ? Future.succeededFuture() : plugin.settled();
    }

    /** That jar lies in the directory again, in place of the one before; completes when it is tried. On the home context. */
    Future<Void> goneBack(ManagedPlugin plugin, StagedJar good) {
        files.put(good.file(), good);
        return plugin.goBackTo(good);
    }

    /** It was taken out of the directory; completes when it is unloaded. On the home context. */
    Future<Void> taken(ManagedPlugin plugin, String file) {
        removed(file);
        return plugin.settled().onComplete(done -> plugins.values().removeIf(ManagedPlugin::isGone));
    }

    /** Has plugins answer requests to their own routes. */
    public PluginRequests requests() {
        return new PluginRequests(home);
    }

    /** Fails, with the reason, as long as a plugin that is marked as required does not run or says that it is down. */
    public Future<Void> ready() {
        return new PluginReadiness(home).check();
    }

    /** The offering type of that name, if an active plugin serves it. */
    public Optional<ServedType> served(String type) {
        return home.types().find(type);
    }

    /** The offering types that active plugins serve. */
    public Set<String> servedTypes() {
        return home.types().names();
    }

    /** Calls with each type that begins to be served from now on, on an event loop; must not block. */
    public void onServed(Consumer<String> listener) {
        home.types().onServed(listener);
    }

    <T> Future<T> atHome(Supplier<Future<T>> body) {
        Promise<T> answer = home.vertx().promise();
        home.context().runOnContext(ignored -> {
            try {
                body.get().onComplete(answer);
            } catch (RuntimeException refused) {
                answer.fail(refused);
            }
        });
        return answer.future();
    }

    private void followSwitches() {
        home.switches()
                .allOff()
                .onSuccess(off -> plugins.forEach((id, plugin) -> plugin.switched(off.contains(id))))
                .onFailure(unread -> LOG.debug("Cannot read what is switched off", unread));
    }

    private Future<Void> settled() {
        return Future.join(plugins.values().stream().map(ManagedPlugin::settled).toList())
                .mapEmpty();
    }

    // What is gone comes last: a file under a new name is then known before the one under its old name is missed.
    private void apply(List<Sighting> look) {
        List<StagedJar> jars = new ArrayList<>();
        for (Sighting sighting : look) {
            if (sighting instanceof Sighting.Arriving arriving) {
                arriving(arriving);
            } else if (sighting instanceof Sighting.Rejected rejected) {
                rejected(rejected);
            } else if (sighting instanceof Sighting.Staged staged) {
                jars.add(staged.jar());
            }
        }
        StartOrder.of(jars).forEach(this::staged);
        for (Sighting sighting : look) {
            if (sighting instanceof Sighting.Removed removed) {
                removed(removed.file());
            }
        }
        plugins.values().removeIf(ManagedPlugin::isGone);
    }

    private void arriving(Sighting.Arriving sighting) {
        if (!files.containsKey(sighting.file())) {
            register.discovered(sighting.file(), sighting.note());
        }
    }

    private void rejected(Sighting.Rejected sighting) {
        StagedJar before = files.get(sighting.file());
        if (before != null && isFrom(before, sighting.file())) {
            register.noted(
                    before.descriptor().id(),
                    "The jar that now lies in its place cannot be used: %s".formatted(sighting.reason()));
        } else {
            files.remove(sighting.file());
            register.rejected(sighting.file(), sighting.sha256(), sighting.reason());
        }
    }

    private void staged(StagedJar jar) {
        String id = jar.descriptor().id();
        StagedJar before = files.put(jar.file(), jar);
        register.forgetFile(jar.file());
        if (before != null && !before.descriptor().id().equals(id)) {
            gone(before);
        }
        ManagedPlugin plugin = plugins.computeIfAbsent(id, key -> new ManagedPlugin(key, home));
        String holder = plugin.file();
        if (holder != null && !holder.equals(jar.file()) && files.containsKey(holder)) {
            register.rejected(
                    jar,
                    "Cannot load plugin '%s' from '%s': it is loaded from '%s' already. Remove one of the two."
                            .formatted(id, jar.file(), holder));
            return;
        }
        Future<Void> predecessors = Future.join(jar.descriptor().after().stream()
                        .map(plugins::get)
                        .filter(other -> other != null && other != plugin)
                        .map(ManagedPlugin::settled)
                        .toList())
                .mapEmpty();
        plugin.install(jar, predecessors);
    }

    private void removed(String file) {
        StagedJar jar = files.remove(file);
        if (register.forgetFile(file)) {
            LOG.info("Plugin jar is gone, it was not loaded file={}", file);
        }
        if (jar != null) {
            gone(jar);
        }
    }

    /** That file is no longer this plugin's: another with the same id takes its place, if there is one. */
    private void gone(StagedJar jar) {
        String id = jar.descriptor().id();
        ManagedPlugin plugin = plugins.get(id);
        if (plugin == null || !jar.file().equals(plugin.file())) {
            return;
        }
        Optional<StagedJar> other = files.values().stream()
                .filter(candidate -> candidate.descriptor().id().equals(id))
                .findFirst();
        if (other.isPresent()) {
            register.forgetFile(other.get().file());
            plugin.install(other.get(), Future.succeededFuture());
        } else {
            plugin.uninstall();
        }
    }

    private boolean isFrom(StagedJar jar, String file) {
        ManagedPlugin plugin = plugins.get(jar.descriptor().id());
        return plugin != null && file.equals(plugin.file());
    }

    private Future<Void> shutDown() {
        stopping.tryComplete();
        home.vertx().cancelTimer(leakLook);
        home.vertx().cancelTimer(switchLook);
        return home.watch()
                .stop()
                .transform(ignored -> settled())
                .transform(ignored -> stopAll())
                .transform(ignored -> home.watch().close())
                .otherwiseEmpty();
    }

    private Future<Void> stopAll() {
        Future<Void> stopped = Future.succeededFuture();
        for (ManagedPlugin plugin : plugins.values().stream()
                .sorted(Comparator.comparingLong(ManagedPlugin::started).reversed())
                .toList()) {
            stopped = stopped.compose(ignored -> plugin.shutDown());
        }
        return stopped;
    }
}
