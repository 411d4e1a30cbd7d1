package io.factotum.host.plugin.leak;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.ref.WeakReference;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the class loaders of unloaded plugins until they are collected. Forces no collection: a loader is called leaked
 * once a {@link Canary} that was made after it was let go has been collected and it has not.
 *
 * <p>Any thread may call; looking blocks for some milliseconds.
 */
public final class LeakWatch {

    private static final Logger LOG = LoggerFactory.getLogger(LeakWatch.class);
    private static final String UNSEEN_LOCALS =
            "ThreadLocals cannot be looked at: start Java with " + ThreadHolders.OPENED;

    private final Vertx vertx;
    private final Clock clock;
    private final List<Released> released = new ArrayList<>();
    private final Map<String, Integer> collected = new TreeMap<>();

    private static final class Released {
        private final String id;
        private final String name;
        private final Instant at;
        private final WeakReference<ClassLoader> loader;
        private final Function<ClassLoader, Function<Class<?>, @Nullable Class<?>>> definer;
        private @Nullable Canary canary;
        private int survived;

        private Released(
                String id,
                ClassLoader loader,
                Instant at,
                Function<ClassLoader, Function<Class<?>, @Nullable Class<?>>> definer) {
            this.id = id;
            this.name = String.valueOf(loader.getName());
            this.at = at;
            this.loader = new WeakReference<>(loader);
            this.definer = definer;
        }

        private boolean isCollected() {
            return loader.refersTo(null);
        }
    }

    /** Nothing is followed yet. */
    public LeakWatch(Vertx vertx, Clock clock) {
        this.vertx = vertx;
        this.clock = clock;
    }

    /**
     * The plugin is stopped, and its loader should not be needed much longer.
     *
     * @param definer has a loader define a class of the host's once more; null if it cannot
     * @return to be called once the host has let go of the loader: whatever leads to it then is not the host's
     */
    public synchronized Runnable follow(
            String id, ClassLoader loader, Function<ClassLoader, Function<Class<?>, @Nullable Class<?>>> definer) {
        Released one = new Released(id, loader, clock.instant(), definer);
        released.add(one);
        return () -> letGo(one);
    }

    private synchronized void letGo(Released one) {
        one.canary = Canary.inACage();
    }

    /** Sees what has been collected since, and logs what has not been though it could. */
    public synchronized void look() {
        released.removeIf(this::isCollected);
        for (Released one : released) {
            // In this order: what is collected in between is no leak.
            if (one.canary != null && one.canary.isGone() && !one.isCollected()) {
                one.survived++;
                one.canary = Canary.inACage();
                if (one.survived == 1) {
                    LOG.warn(
                            "Classes of an unloaded plugin are not collected plugin={} held by: {}",
                            one.name,
                            String.join("; ", holders(one)));
                }
            }
        }
    }

    private boolean isCollected(Released one) {
        if (!one.isCollected()) {
            return false;
        }
        collected.merge(one.id, 1, Integer::sum);
        if (one.survived > 0) {
            LOG.info("Classes of an unloaded plugin are collected after all plugin={}", one.name);
        }
        return true;
    }

    /** How many loaders have survived a collection that would have taken them. */
    public synchronized long leaked() {
        return released.stream()
                .filter(one -> !one.isCollected() && one.survived > 0)
                .count();
    }

    /**
     * What is known of the unloaded lives of one plugin: {@code {collected, waiting, leaked, loaders: [{name,
     * unloaded_at, state: waiting|leaked, survived_collections, held_by}]}}.
     */
    public synchronized JsonObject report(String id) {
        look();
        JsonArray loaders = new JsonArray();
        int waiting = 0;
        int leaked = 0;
        for (Released one : released) {
            if (one.id.equals(id) && !one.isCollected()) {
                boolean leaks = one.survived > 0;
                waiting += leaks ? 0 : 1;
                leaked += leaks ? 1 : 0;
                loaders.add(new JsonObject()
                        .put("name", one.name)
                        .put("unloaded_at", one.at.toString())
                        .put("state", leaks ? "leaked" : "waiting")
                        .put("survived_collections", one.survived)
                        .put("held_by", new JsonArray(holders(one))));
            }
        }
        return new JsonObject()
                .put("collected", collected.getOrDefault(id, 0))
                .put("waiting", waiting)
                .put("leaked", leaked)
                .put("loaders", loaders);
    }

    private List<String> holders(Released one) {
        ClassLoader loader = one.loader.get();
        if (loader == null) {
            return List.of();
        }
        List<String> found = new ArrayList<>(ThreadHolders.of(loader));
        found.addAll(VertxHolders.of(vertx, loader));
        found.addAll(JvmHolders.of(loader, one.definer.apply(loader)));
        if (found.isEmpty() && !ThreadHolders.seesLocals()) {
            found.add(UNSEEN_LOCALS);
        }
        return found;
    }
}
