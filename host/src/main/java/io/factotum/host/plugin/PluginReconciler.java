package io.factotum.host.plugin;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads, starts and stops plugins: the only place that changes a plugin's state, on one event loop of its own. Any
 * thread may call.
 */
public final class PluginReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(PluginReconciler.class);

    private final VertxInternal vertx;
    private final PluginSettings settings;
    private final PluginServices services;
    private final PluginWatch watch;
    private final PluginRegister register;
    private final ServedTypes types = new ServedTypes();

    // Of no deployment: what is deployed from a verticle's context would be stopped with it, in any order.
    private final Context home;

    // From here on, touched on the home context only.
    private final Map<String, PluginSlot> slots = new LinkedHashMap<>();
    private final Set<Future<Void>> installing = new HashSet<>();
    private final Promise<Void> stopping = Promise.promise();

    /** Nothing is touched before {@link #start}. */
    public PluginReconciler(Vertx vertx, PluginSettings settings, PluginServices services) {
        this.vertx = (VertxInternal) vertx;
        this.settings = settings;
        this.services = services;
        this.watch = new PluginWatch(vertx, settings);
        this.register = new PluginRegister(vertx.eventBus(), services.clock());
        this.home = this.vertx.createEventLoopContext();
    }

    /**
     * Loads what lies in the plugins directory, and from then on what is put there.
     *
     * @return completes when each jar that lies there whole is active, rejected or failed; fails only if the plugins or
     *     work directory cannot be made
     */
    public Future<Void> start() {
        return atHome(this::open);
    }

    /** Stops the plugins, the last loaded first, each within its time. Never fails. */
    public Future<Void> stop() {
        return atHome(this::shutDown);
    }

    /** Every jar that was seen, by file name: {@code id, version, state, file, sha256, phase, reason, since ...}. */
    public List<JsonObject> describe() {
        return register.describe();
    }

    /** The offering type of that name, if an active plugin serves it. */
    public Optional<ServedType> served(String type) {
        return types.find(type);
    }

    /** The offering types that active plugins serve. */
    public Set<String> servedTypes() {
        return types.names();
    }

    /** Calls with each type that begins to be served from now on, on an event loop; must not block. */
    public void onServed(Consumer<String> listener) {
        types.onServed(listener);
    }

    private Future<Void> atHome(Supplier<Future<Void>> body) {
        Promise<Void> answer = vertx.promise();
        home.runOnContext(ignored -> body.get().onComplete(answer));
        return answer.future();
    }

    private Future<Void> open() {
        return watch.start(this::apply)
                .compose(ignored -> Future.join(List.copyOf(installing)))
                .mapEmpty();
    }

    private void apply(Sighting sighting) {
        if (sighting instanceof Sighting.Arriving arriving) {
            arriving(arriving);
        } else if (sighting instanceof Sighting.Staged staged) {
            staged(staged.jar());
        } else if (sighting instanceof Sighting.Rejected rejected) {
            rejected(rejected);
        } else {
            removed(sighting.file());
        }
    }

    private void arriving(Sighting.Arriving sighting) {
        if (register.state(sighting.file()).orElse(PluginState.DISCOVERED) == PluginState.DISCOVERED) {
            register.discovered(sighting.file(), sighting.note());
        }
    }

    private void rejected(Sighting.Rejected sighting) {
        if (slotOf(sighting.file()).isPresent()) {
            atNextStart(sighting.file(), "changed");
        } else {
            register.rejected(sighting.file(), sighting.sha256(), sighting.reason());
        }
    }

    private void removed(String file) {
        if (slotOf(file).isPresent()) {
            atNextStart(file, "removed");
        } else if (register.forget(file)) {
            LOG.info("Plugin jar is gone, it was not loaded file={}", file);
        }
    }

    private static void atNextStart(String file, String what) {
        LOG.warn("Plugin jar was {}, which takes effect at the next start of the host file={}", what, file);
    }

    private void staged(StagedJar jar) {
        Optional<PluginSlot> mine = slotOf(jar.file());
        PluginSlot sameId = slots.get(jar.descriptor().id());
        if (mine.isPresent()) {
            if (!mine.get().jar().sha256().equals(jar.sha256())) {
                atNextStart(jar.file(), "changed");
            }
        } else if (sameId != null) {
            register.rejected(
                    jar,
                    "Cannot load plugin '%s' from '%s': it is loaded from '%s' already. Remove one of the two."
                            .formatted(
                                    jar.descriptor().id(),
                                    jar.file(),
                                    sameId.jar().file()));
        } else {
            install(jar);
        }
    }

    private Optional<PluginSlot> slotOf(String file) {
        return slots.values().stream()
                .filter(slot -> slot.jar().file().equals(file))
                .findFirst();
    }

    private void install(StagedJar jar) {
        PluginSlot slot = new PluginSlot(vertx, jar, settings, services, this::serves, stopping.future());
        slots.put(jar.descriptor().id(), slot);
        register.reached(jar, PluginState.STAGED, null);
        Future<Void> installed = slot.open()
                .compose(ignored -> slot.resolve())
                .onSuccess(ignored -> register.reached(jar, PluginState.RESOLVED, null))
                .onSuccess(ignored -> register.reached(jar, PluginState.STARTING, null))
                .compose(ignored -> slot.start())
                .onSuccess(ignored -> register.reached(jar, PluginState.ACTIVE, null))
                .onSuccess(ignored -> types.active(jar.descriptor().id()))
                .recover(thrown -> failed(slot, thrown));
        installing.add(installed);
        installed.onComplete(ignored -> installing.remove(installed));
    }

    private void serves(ServedType type) {
        home.runOnContext(ignored -> {
            if (slots.containsKey(type.type())) {
                types.ready(type);
            }
        });
    }

    private Future<Void> failed(PluginSlot slot, Throwable thrown) {
        StagedJar jar = slot.jar();
        String phase = slot.phase();
        PluginFailure failure = PluginFailure.of("Cannot load plugin '%s'".formatted(jar.label()), thrown);
        LOG.error("Plugin failed plugin={} phase={}\n{}", jar.label(), phase, failure.trace());
        return takeDown(slot)
                .onComplete(down -> register.failed(jar, phase, failure.text()))
                .otherwiseEmpty();
    }

    private Future<Void> shutDown() {
        stopping.tryComplete();
        return watch.stop()
                .transform(ignored -> Future.join(List.copyOf(installing)))
                .transform(ignored -> stopAll())
                .transform(ignored -> watch.close())
                .otherwiseEmpty();
    }

    private Future<Void> stopAll() {
        List<PluginSlot> lastFirst = new ArrayList<>(slots.values());
        Collections.reverse(lastFirst);
        Future<Void> stopped = Future.succeededFuture();
        for (PluginSlot slot : lastFirst) {
            stopped = stopped.compose(ignored -> stop(slot));
        }
        return stopped;
    }

    private Future<Void> stop(PluginSlot slot) {
        PluginState state = register.state(slot.jar().file()).orElse(PluginState.FAILED);
        if (state == PluginState.FAILED || state == PluginState.STOPPED) {
            // It has been told to, and does not let go.
            return Future.succeededFuture();
        }
        register.reached(slot.jar(), PluginState.STOPPING, null);
        return takeDown(slot)
                .onSuccess(ignored -> register.reached(slot.jar(), PluginState.STOPPED, null))
                .onFailure(thrown ->
                        register.reached(slot.jar(), PluginState.STOPPED, "It did not let go: " + thrown.getMessage()))
                .otherwiseEmpty();
    }

    /** Fails if something of the plugin may still run; then its id stays taken, and its jar open. */
    private Future<Void> takeDown(PluginSlot slot) {
        String id = slot.jar().descriptor().id();
        types.withdraw(id);
        return services.lifecycle()
                .unserve(id)
                .onFailure(thrown -> LOG.warn("Plugin's addresses cannot be withdrawn plugin={}", id, thrown))
                .otherwiseEmpty()
                .compose(ignored -> slot.close())
                .compose(ignored -> watch.blocking(slot::closeLoader))
                .onSuccess(ignored -> slots.remove(id))
                .onFailure(thrown -> LOG.error(
                        "Plugin does not let go, its id stays taken until the next start plugin={}", id, thrown));
    }
}
