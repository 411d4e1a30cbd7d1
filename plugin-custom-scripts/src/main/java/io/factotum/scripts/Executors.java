package io.factotum.scripts;

import io.factotum.scripts.executor.Executor;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses what runs the scripts, as the operator's configuration says. */
final class Executors {

    private static final Logger log = LoggerFactory.getLogger(Executors.class);

    private final ScriptConfig config;
    private final boolean processesAllowed;
    private final boolean hadDocker;
    private final Supplier<Executor> docker;
    private final Cluster cluster;
    private final Supplier<Executor> process;

    /**
     * The cluster that scripts may run in.
     *
     * @param isHere whether this host is in one, or this installation has run scripts there before
     */
    record Cluster(boolean isHere, Supplier<Executor> executor) {}

    /**
     * With what makes an executor of each kind: only those that are tried are made.
     *
     * @param hadDocker whether this installation has run scripts in Docker before
     */
    Executors(
            ScriptConfig config,
            boolean processesAllowed,
            boolean hadDocker,
            Supplier<Executor> docker,
            Cluster cluster,
            Supplier<Executor> process) {
        this.config = config;
        this.processesAllowed = processesAllowed;
        this.hadDocker = hadDocker;
        this.docker = docker;
        this.cluster = cluster;
        this.process = process;
    }

    Future<Executor> choose() {
        return switch (config.executor()) {
            case ScriptConfig.DOCKER -> waitingFor(docker.get());
            case ScriptConfig.KUBERNETES -> waitingFor(cluster.executor().get());
            case ScriptConfig.PROCESS -> process("executor is process");
            default -> auto();
        };
    }

    /** Asked for by name: runs wait for an engine that is not there yet. */
    private static Future<Executor> waitingFor(Executor executor) {
        return executor.check()
                .recover(notThere -> {
                    log.warn(
                            "No engine for now, scripts wait for it executor={}: {}",
                            executor.name(),
                            notThere.getMessage());
                    return Future.succeededFuture();
                })
                .map(executor);
    }

    private Future<Executor> auto() {
        if (hadDocker) {
            // What was begun in containers can only be found there; an engine that is away for a while changes nothing.
            return waitingFor(docker.get());
        }
        if (cluster.isHere()) {
            return waitingFor(cluster.executor().get());
        }
        Executor executor = docker.get();
        return executor.check().map(executor).recover(notThere -> executor.close()
                .transform(closed -> process("tried docker: %s".formatted(notThere.getMessage()))));
    }

    private Future<Executor> process(String why) {
        if (!processesAllowed) {
            return Future.failedFuture(new IllegalStateException(("Cannot choose an executor: %s; and process is not"
                            + " allowed. Start a Docker engine or name one in docker.host, or set plugins.allow-processes in"
                            + " conf/host.yaml, which isolates nothing.")
                    .formatted(why)));
        }
        Executor executor = process.get();
        return executor.check()
                .map(executor)
                .onSuccess(usable -> log.warn(
                        "NOTHING ISOLATES SCRIPTS: they run as processes of this host, with its rights and its files."
                                + " executor=process ({})",
                        why));
    }
}
