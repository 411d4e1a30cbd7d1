package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Idle containers, each of which lends its network namespace to the runs of one trust domain on one network: making a
 * namespace is half of what a container's start costs.
 *
 * <p>A sandbox's name says whose it is and in which span of time it is used, so that several hosts agree on it without
 * talking, and "already exists" means that it can be used. Each span has a new one; an old one is removed when no
 * container belongs to it any more.
 */
final class Sandboxes {

    private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);

    /** On a run's container: the sandbox that it belongs to. */
    static final String MEMBER_LABEL = "factotum.io/sandbox";
    /** On a sandbox: its own name. */
    static final String SANDBOX_LABEL = "factotum.io/sandbox-name";

    private static final Duration SWEEP = Duration.ofMinutes(5);
    // Newer engines say the name in place of the id.
    private static final Pattern NOT_RUNNING = Pattern.compile("non running container: (?:container )?(\\S+)");
    private static final Pattern NO_SUCH = Pattern.compile("(?i)no such container: (\\S+)");

    private final Vertx vertx;
    private final DockerEngine engine;
    private final String installId;
    private final Duration maximumAge;
    private final Clock clock;
    private final Map<String, Future<String>> ready = new ConcurrentHashMap<>();
    private final long sweeper;

    /** Sandboxes of an installation on one engine. */
    Sandboxes(Vertx vertx, DockerEngine engine, String installId, Duration maximumAge, Clock clock) {
        this.vertx = vertx;
        this.engine = engine;
        this.installId = installId;
        this.maximumAge = maximumAge;
        this.clock = clock;
        this.sweeper = vertx.setPeriodic(SWEEP.toMillis(), id -> sweep());
    }

    /**
     * One that runs, lent to a container.
     *
     * @param name empty if the container gets a network namespace of its own
     */
    record Lent(String name, String networkMode) {}

    /** What the container of a run joins. */
    Future<Lent> lend(RunSpec spec) {
        String network = spec.limits().network();
        String name = nameFor(spec);
        if (name.isEmpty()) {
            return Future.succeededFuture(new Lent("", network));
        }
        Future<String> id = ready.computeIfAbsent(name, absent -> make(absent, network, spec.image()));
        return id.onFailure(notMade -> ready.remove(name, id)).map(known -> new Lent(name, "container:" + known));
    }

    /** The name of the sandbox that a run would join now; empty if none. */
    String nameFor(RunSpec spec) {
        String network = spec.limits().network();
        boolean alone = spec.trustDomain().isEmpty() || network.equals("host") || network.startsWith("container:");
        return alone ? "" : name(spec.trustDomain(), network);
    }

    private String name(String domain, String network) {
        long span = clock.millis() / maximumAge.toMillis();
        return "factotum-sandbox-" + digest(installId + '\n' + domain + '\n' + network) + "-" + span;
    }

    private Future<String> make(String name, String network, String image) {
        return engine.create(image, create -> recipe(create, name, network))
                .compose(id -> engine.start(id)
                        .map(id)
                        .recover(cause -> engine.removeUnlessRunning(id)
                                .transform(removed ->
                                        Future.failedFuture(EngineFault.isGone(cause, id) ? gone(cause) : cause)))
                        .onSuccess(started -> LOG.debug("Sandbox made name={} network={}", name, network)))
                .recover(cause -> EngineFault.status(cause) == 409 ? adopt(name) : Future.failedFuture(cause));
    }

    private Future<String> adopt(String name) {
        return engine.inspect(name)
                .map(found -> found.map(InspectContainerResponse::getId)
                        .orElseThrow(() -> gone(new IllegalStateException("sandbox '" + name + "' is being removed"))))
                // What is said of one that is being removed says nothing of the run that was to join it.
                .compose(id -> engine.start(id)
                        .map(id)
                        .recover(cause -> Future.failedFuture(EngineFault.isAnswer(cause) ? gone(cause) : cause)));
    }

    private CreateContainerCmd recipe(CreateContainerCmd create, String name, String network) {
        return create.withName(name)
                .withLabels(Map.of(ContainerRecipe.INSTALL_LABEL, installId, SANDBOX_LABEL, name))
                .withEntrypoint("/bin/sh")
                // Any image that can run a script can run this. No loop: the init process passes TERM on.
                .withCmd("-c", "exec sleep 2147483647")
                .withUser("65534:65534")
                .withHostConfig(HostConfig.newHostConfig()
                        .withInit(true)
                        .withNetworkMode(network)
                        .withReadonlyRootfs(true)
                        .withCapDrop(Capability.ALL)
                        .withSecurityOpts(List.of("no-new-privileges"))
                        .withMemory(32L << 20)
                        .withPidsLimit(8L));
    }

    /** Starts a run's container. Fails with {@link AsleepException} if its sandbox does not run. */
    Future<Void> start(String id) {
        return engine.start(id).recover(cause -> {
            String words = EngineFault.words(cause);
            Matcher asleep = NOT_RUNNING.matcher(words);
            if (asleep.find()) {
                return Future.failedFuture(new AsleepException(asleep.group(1), cause));
            }
            Matcher missing = NO_SUCH.matcher(words);
            return Future.failedFuture(missing.find() && !missing.group(1).equals(id) ? gone(cause) : cause);
        });
    }

    /** Starts a sandbox that has died. Its namespace is a new one, for the containers that are started from now on. */
    Future<Void> wake(AsleepException asleep) {
        LOG.info("Starting a sandbox that has ended container={}", asleep.sandbox);
        return engine.start(asleep.sandbox).recover(cause -> Future.failedFuture(gone(cause)));
    }

    /** A container could not be started because its sandbox does not run. */
    static final class AsleepException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String sandbox;

        private AsleepException(String sandbox, Throwable cause) {
            super("The sandbox '" + sandbox + "' does not run.", cause);
            this.sandbox = sandbox;
        }
    }

    /** That a sandbox cannot be used any more. */
    NeverBegunException gone(Throwable cause) {
        ready.clear();
        return new NeverBegunException(
                "sandbox_gone",
                "Cannot start the container: the sandbox that lends it its network is gone: " + EngineFault.words(cause)
                        + ". The next try makes another.",
                cause);
    }

    /** Removes those that are past their time, once no container belongs to them. */
    Future<Void> sweep() {
        long oldest = clock.instant().minus(maximumAge).getEpochSecond();
        return removeUnused(sandbox -> sandbox.getCreated() < oldest)
                .onFailure(cause -> LOG.warn("Cannot sweep sandboxes: {}", EngineFault.words(cause)));
    }

    private Future<Void> removeUnused(Predicate<Container> which) {
        return engine.list(Map.of(ContainerRecipe.INSTALL_LABEL, installId)).compose(all -> {
            Set<String> used = all.stream()
                    .map(container ->
                            Objects.requireNonNullElse(container.getLabels().get(MEMBER_LABEL), ""))
                    .collect(Collectors.toSet());
            return Future.join(all.stream()
                            .filter(container -> container.getLabels().containsKey(SANDBOX_LABEL))
                            .filter(container ->
                                    !used.contains(container.getLabels().get(SANDBOX_LABEL)))
                            .filter(which)
                            .map(this::remove)
                            .toList())
                    .mapEmpty();
        });
    }

    private Future<Void> remove(Container sandbox) {
        String name = sandbox.getLabels().get(SANDBOX_LABEL);
        ready.remove(name);
        LOG.debug("Removing sandbox name={}", name);
        return engine.remove(sandbox.getId());
    }

    /** Removes what nothing uses; a host that shares them makes its own again. */
    Future<Void> close() {
        vertx.cancelTimer(sweeper);
        return ready.isEmpty()
                ? Future.succeededFuture()
                : removeUnused(sandbox -> true).otherwiseEmpty();
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
