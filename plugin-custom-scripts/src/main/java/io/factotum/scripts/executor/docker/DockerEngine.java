package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.WaitResponse;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine's calls as futures: short ones on worker threads, long ones as streams. */
final class DockerEngine {

    private static final Logger LOG = LoggerFactory.getLogger(DockerEngine.class);
    private static final Duration CALL_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(3);
    private static final Duration LAST_WORD = Duration.ofSeconds(1);
    private static final int WORKERS = 16;
    // The engine says 304 for a container that runs already, 404 for one that is gone, 409 for one that is going.
    private static final Set<Integer> GONE_OR_GOING = Set.of(404, 409);

    private final Vertx vertx;
    private final DockerSettings settings;
    private final WorkerExecutor workers;
    private volatile @Nullable EngineConnection connection;
    private @Nullable ContainerStream<Event> watch;
    private @Nullable Future<Void> watchEnd;

    DockerEngine(Vertx vertx, DockerSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
        this.workers = vertx.createSharedWorkerExecutor(
                "factotum-docker-" + settings.installId() + "-"
                        + Integer.toHexString(address().hashCode()),
                WORKERS,
                LONGEST_HOLD.toSeconds(),
                TimeUnit.SECONDS);
    }

    /** Its address, for messages. */
    String address() {
        return config().build().getDockerHost().toString();
    }

    Future<Void> ping() {
        return call(client -> client.pingCmd().exec()).mapEmpty();
    }

    /** Makes a container and gives its id. */
    Future<String> create(String image, UnaryOperator<CreateContainerCmd> recipe) {
        return call(
                client -> recipe.apply(client.createContainerCmd(image)).exec().getId());
    }

    Future<Void> start(String id) {
        return call(client -> client.startContainerCmd(id).exec())
                .recover(cause ->
                        EngineFault.status(cause) == 304 ? Future.succeededFuture() : Future.failedFuture(cause))
                .mapEmpty();
    }

    /** Empty if there is none of that id or name. */
    Future<Optional<InspectContainerResponse>> inspect(String idOrName) {
        return call(client -> Optional.of(client.inspectContainerCmd(idOrName).exec()))
                .recover(cause -> EngineFault.status(cause) == 404
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(cause));
    }

    /** Gives a container another name; fails with 409 if that is taken. */
    Future<Void> rename(String id, String name) {
        return call(client -> client.renameContainerCmd(id).withName(name).exec())
                .mapEmpty();
    }

    /** Sends a signal; nothing happens to a container that does not run. */
    Future<Void> signal(String id, String signal) {
        return call(client -> client.killContainerCmd(id).withSignal(signal).exec())
                .recover(DockerEngine::unlessGone)
                .mapEmpty();
    }

    /** Removes a container, running or not; nothing happens if it is gone or going. */
    Future<Void> remove(String idOrName) {
        return remove(idOrName, true)
                .recover(cause ->
                        EngineFault.hasEndedMeanwhile(cause) ? remove(idOrName, true) : Future.failedFuture(cause))
                .recover(DockerEngine::unlessGone);
    }

    /** Removes a container that does not run. False if it runs, and is left alone; true also if it is gone or going. */
    Future<Boolean> removeUnlessRunning(String idOrName) {
        return remove(idOrName, false)
                .map(true)
                .recover(cause -> EngineFault.isStillRunning(cause)
                        ? Future.succeededFuture(false)
                        : DockerEngine.<Void>unlessGone(cause).map(true));
    }

    private Future<Void> remove(String idOrName, boolean force) {
        return call(client -> client.removeContainerCmd(idOrName)
                        .withForce(force)
                        .withRemoveVolumes(true)
                        .exec())
                .mapEmpty();
    }

    Future<List<Container>> list(Map<String, String> labels) {
        return call(client -> client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(labels)
                .exec());
    }

    /** {@code name@digest} for each registry's name that an image has. */
    Future<List<String>> imageDigests(String image) {
        return call(client -> client.inspectImageCmd(image).exec().getRepoDigests())
                .map(digests -> digests == null ? List.of() : List.copyOf(digests));
    }

    /** Runs what blocks and does not need the engine. */
    <T> Future<T> blocking(Callable<T> action) {
        return workers.executeBlocking(action, false);
    }

    Future<Boolean> hasVolume(String name) {
        return call(client -> client.inspectVolumeCmd(name).exec() != null)
                .recover(cause ->
                        EngineFault.status(cause) == 404 ? Future.succeededFuture(false) : Future.failedFuture(cause));
    }

    Future<Void> removeVolume(String name) {
        return call(client -> client.removeVolumeCmd(name).exec())
                .recover(DockerEngine::unlessGone)
                .mapEmpty();
    }

    /** Opens a container's standard input and output, and feeds it the input once it runs. Closes that at the end. */
    ContainerStream<Frame> attach(String id, InputStream input, Consumer<Frame> output) {
        return stream(output, () -> close(input), (client, stream) -> client.attachContainerCmd(id)
                .withStdIn(input)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec(stream));
    }

    private static void close(InputStream input) {
        try {
            input.close();
        } catch (IOException e) {
            LOG.debug("Cannot close what a container was to be fed", e);
        }
    }

    /** Reads a container's log from the beginning; to the end of the container if it is followed. */
    ContainerStream<Frame> logs(String id, boolean follow, Consumer<Frame> output) {
        return stream(output, (client, stream) -> client.logContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withTailAll()
                .withFollowStream(follow)
                .exec(stream));
    }

    /** Completes with the exit code when the container has ended and the engine has taken it down. */
    Future<Integer> awaitEnd(String id) {
        AtomicReference<@Nullable Integer> code = new AtomicReference<>();
        return stream(
                        (WaitResponse response) -> code.set(response.getStatusCode()),
                        (client, self) -> client.waitContainerCmd(id).exec(self))
                .ended()
                .transform(ended -> {
                    Integer known = code.get();
                    return known != null
                            ? Future.succeededFuture(known)
                            : Future.failedFuture(
                                    ended.failed() ? ended.cause() : new IllegalStateException("no exit code came"));
                });
    }

    /**
     * Completes, on any context, when the engine goes away: one stream for all runs that it would keep open for ever.
     * Asking it later would not tell, as it may be back by then.
     */
    synchronized Future<Void> goesAway() {
        Future<Void> end = watchEnd;
        if (end == null || end.isComplete()) {
            ContainerStream<Event> events = stream(event -> {}, (client, self) -> client.eventsCmd()
                    .withEventTypeFilter(EventType.DAEMON)
                    .exec(self));
            watch = events;
            end = events.ended().otherwiseEmpty();
            watchEnd = end;
        }
        return end;
    }

    /** A stream of the engine's, on the context of the caller. */
    <T> ContainerStream<T> stream(Consumer<T> consumer, StreamCall<T> call) {
        return stream(consumer, () -> {}, call);
    }

    private <T> ContainerStream<T> stream(Consumer<T> consumer, Runnable over, StreamCall<T> call) {
        Context context = vertx.getOrCreateContext();
        ContainerStream<T> stream = new ContainerStream<>(context, consumer, over);
        EngineConnection open = connection;
        (open != null ? Future.succeededFuture(open) : workers.executeBlocking(this::open, false))
                .onSuccess(engine -> call.exec(engine.streams(), stream))
                .onFailure(stream::onError);
        return stream;
    }

    /** Asks for a stream; returns at once. */
    interface StreamCall<T> {
        void exec(DockerClient client, ContainerStream<T> stream);
    }

    /** A call that is soon answered. */
    <T> Future<T> call(Function<DockerClient, T> call) {
        return workers.executeBlocking(() -> call.apply(open().calls()), false)
                .timeout(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    // On a worker's thread; the others wait for the first to open it.
    private EngineConnection open() {
        EngineConnection open = connection;
        return open != null ? open : openOnce();
    }

    private synchronized EngineConnection openOnce() {
        EngineConnection open = connection;
        if (open == null) {
            open = EngineConnection.open(config());
            connection = open;
            goesAway();
        }
        return open;
    }

    private DefaultDockerClientConfig.Builder config() {
        DefaultDockerClientConfig.Builder config = DefaultDockerClientConfig.createDefaultConfigBuilder();
        return settings.host() == null ? config : config.withDockerHost(settings.host());
    }

    Future<Void> close() {
        return workers.<Void>executeBlocking(
                        () -> {
                            closeConnections();
                            return null;
                        },
                        false)
                .eventually(this::heardOut)
                .eventually(workers::close);
    }

    // A stream's last word goes to the context of who opened it, which may be taken down once this is done.
    private synchronized Future<Void> heardOut() {
        return watchEnd == null
                ? Future.succeededFuture()
                : watchEnd.timeout(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS).otherwiseEmpty();
    }

    private synchronized void closeConnections() throws IOException {
        if (watch != null) {
            watch.close();
        }
        EngineConnection open = connection;
        if (open != null) {
            open.close();
        }
    }

    private static <T> Future<T> unlessGone(Throwable cause) {
        return GONE_OR_GOING.contains(EngineFault.status(cause))
                ? Future.succeededFuture()
                : Future.failedFuture(cause);
    }
}
