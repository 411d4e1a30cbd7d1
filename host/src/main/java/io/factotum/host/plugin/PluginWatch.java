package io.factotum.host.plugin;

import io.factotum.host.plugin.trust.Proof;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the plugins directory again and again, on a thread of its own. Used on one context only. */
final class PluginWatch {

    private static final Logger LOG = LoggerFactory.getLogger(PluginWatch.class);

    private final Vertx vertx;
    private final Path plugins;
    private final Duration pollInterval;
    private final Duration stability;
    private final JarStager stager;
    private final PluginDirectory directory;
    private final WorkerExecutor thread;
    private final Set<String> awaited = new HashSet<>();
    private final Promise<Void> decided = Promise.promise();
    private Future<?> looking = Future.succeededFuture();
    private boolean looked;
    private boolean closed;
    private long timer = -1;

    PluginWatch(Vertx vertx, PluginSettings settings) {
        this.vertx = vertx;
        this.plugins = settings.pluginsDirectory();
        this.pollInterval = settings.pollInterval();
        PluginDirectory.Patience patience = PluginDirectory.Patience.of(pollInterval);
        this.stability = patience.stability();
        this.stager = new JarStager(settings.workDirectory(), HostVersions.current(), settings.trust());
        this.directory = new PluginDirectory(plugins, stager, patience, System::nanoTime);
        this.thread = vertx.createSharedWorkerExecutor("plugin-staging", 1);
    }

    /**
     * Looks until closed.
     *
     * @return completes when each file that was there at the first look, and is not still being written, was told of;
     *     fails if a directory cannot be made
     */
    Future<Void> start(Consumer<List<Sighting>> onLook) {
        return blocking(this::makeDirectories).compose(ignored -> {
            look(onLook);
            return decided.future();
        });
    }

    /**
     * Takes over a jar that came another way than through the directory; fails if it is not trusted, or no plugin that can
     * be loaded.
     */
    Future<StagedJar> receive(Buffer jar, Proof proof) {
        return blocking(() -> {
            Path part = stager.part();
            Files.write(part, jar.getBytes());
            JarStager.Copy copy = stager.copy(part, proof);
            Files.delete(part);
            return stager.accept(copy.sha256().substring(0, 8) + ".jar", copy);
        });
    }

    /** The hash of the jar that ran well last, other than that one; null if there is none. */
    Future<@Nullable String> lastGoodHash(String id, String other) {
        return blocking(() -> stager.keptJars().of(id).stream()
                .filter(sha256 -> !sha256.equals(other))
                .findFirst()
                .orElse(null));
    }

    /** A file was removed by the host itself: one of that name is new, even with the same bytes. */
    Future<Void> forget(String file) {
        return this.<Void>blocking(() -> {
            directory.forget(file);
            return null;
        });
    }

    /** Remembers that a jar runs well. Never fails. */
    Future<Void> remember(StagedJar jar) {
        return this.<Void>blocking(() -> {
                    stager.keptJars().remember(jar);
                    return null;
                })
                .onFailure(failed -> LOG.warn("Cannot note that a jar runs well plugin={}", jar.label(), failed))
                .otherwiseEmpty();
    }

    /** The jar that ran well last, other than that one; null if there is none. Never fails. */
    Future<@Nullable StagedJar> lastGood(StagedJar other) {
        String id = other.descriptor().id();
        return this.<@Nullable StagedJar>blocking(() -> stager.keptJars().of(id).stream()
                        .filter(sha256 -> !sha256.equals(other.sha256()))
                        .map(sha256 -> stager.kept(id, other.file(), sha256))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null))
                .otherwiseEmpty();
    }

    /** Something that blocks, after the look under way. */
    <T> Future<T> blocking(Callable<T> body) {
        return thread.executeBlocking(body, false);
    }

    /** Looks no more; completes when the look under way has ended. */
    Future<Void> stop() {
        closed = true;
        vertx.cancelTimer(timer);
        return looking.otherwiseEmpty().mapEmpty();
    }

    /** Ends the thread. */
    Future<Void> close() {
        return thread.close();
    }

    private @Nullable Void makeDirectories() throws Exception {
        if (!Files.isDirectory(plugins)) {
            Files.createDirectories(plugins);
        }
        stager.open();
        return null;
    }

    private void look(Consumer<List<Sighting>> onLook) {
        looking = blocking(directory::look)
                .recover(this::lookFailed)
                .onSuccess(seen -> tell(seen, onLook))
                .onComplete(ignored -> lookAgain(onLook));
    }

    private Future<List<Sighting>> lookFailed(Throwable unforeseen) {
        LOG.error("Plugins directory cannot be looked at directory={}", plugins, unforeseen);
        return Future.succeededFuture(List.of());
    }

    private void lookAgain(Consumer<List<Sighting>> onLook) {
        if (!closed) {
            Duration pause = awaited.isEmpty() ? pollInterval : stability;
            timer = vertx.setTimer(Math.max(1, pause.toMillis()), ignored -> look(onLook));
        }
    }

    private void tell(List<Sighting> seen, Consumer<List<Sighting>> onLook) {
        if (closed) {
            return;
        }
        seen.forEach(this::await);
        if (!seen.isEmpty()) {
            onLook.accept(seen);
        }
        looked = true;
        if (awaited.isEmpty()) {
            decided.tryComplete();
        }
    }

    // What still changes at the second look, or is broken, is not waited for at start: it comes when it comes.
    private void await(Sighting sighting) {
        if (!looked && sighting instanceof Sighting.Arriving arriving && !arriving.broken()) {
            awaited.add(sighting.file());
        } else {
            awaited.remove(sighting.file());
        }
    }
}
