package io.factotum.scripts;

import io.factotum.api.config.ConfigReader;
import io.factotum.scripts.executor.docker.PullPolicy;
import io.factotum.scripts.executor.docker.Pulls;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The operator's settings below {@code docker}: how containers are made.
 *
 * @param host the engine's address; empty for the one that the environment names
 * @param slots how many containers an engine has at once, running and waiting together; 0: as many runs as the host has
 * @param engines those to share the runs out to; empty for the one of {@code host}
 * @param init whether a small init process reaps what scripts leave behind
 * @param volumes mounted into every container: {@code name-or-host-path:/path[:ro]}
 */
record DockerConfig(
        String host,
        int slots,
        List<Engine> engines,
        boolean init,
        Pulls pulls,
        Sandboxes sandboxes,
        Duration warmAge,
        List<String> volumes) {

    static final String OFFERING = "offering";
    static final String CUSTOMER = "customer";
    static final String NONE = "none";

    private static final Pattern VOLUME = Pattern.compile("[^:]+:/[^:]*(:r[ow])?");
    private static final Pattern ENGINE_NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}");
    private static final int MOST_SLOTS = 1000;
    private static final Duration SHORTEST_WARM = Duration.ofSeconds(10);

    /**
     * Containers that lend their network namespace.
     *
     * @param sharedBy whose runs share one: {@code offering}, {@code customer} or {@code none}
     * @param maximumAge after this new runs get a new one
     */
    record Sandboxes(String sharedBy, Duration maximumAge) {}

    /**
     * One of several engines.
     *
     * @param name what runs are recorded with, so that they are found there again
     * @param host its address
     * @param slots as {@link DockerConfig#slots}
     */
    record Engine(String name, String host, int slots) {}

    static DockerConfig read(ConfigReader reader) {
        String host = reader.text(
                "docker.host", "", "The engine's address. Empty: what the environment names, as docker does.");
        int slots = (int)
                reader.number(
                        "docker.slots",
                        0,
                        0,
                        MOST_SLOTS,
                        "How many containers an engine has at once for this host, running and warm together: warm ones make room. 0: as many as `lifecycle.slots` of conf/host.yaml.");
        List<Engine> engines = engines(reader, slots);
        if (!engines.isEmpty() && !host.isEmpty()) {
            reader.fault("docker.host", host, "expected either docker.host or docker.engines");
        }
        return new DockerConfig(
                host,
                slots,
                engines,
                reader.flag("docker.init", true, "Whether an init process reaps what scripts leave behind."),
                pulls(reader),
                sandboxes(reader),
                warmAge(reader),
                volumes(reader));
    }

    private static List<Engine> engines(ConfigReader reader, int slots) {
        JsonObject json = reader.object(
                "docker.engines",
                new JsonObject(),
                "none",
                "Several engines that share the runs out, in place of docker.host: {name: {host, slots}}. A run goes to the"
                        + " one with most slots free, and stays there. slots: docker.slots by default.");
        List<Engine> engines = new ArrayList<>();
        for (String name : json.fieldNames()) {
            if (ENGINE_NAME.matcher(name).matches()
                    && json.getValue(name) instanceof JsonObject engine
                    && engine.getValue("host") instanceof String host
                    && host.contains("://")
                    && engine.getValue("slots", slots) instanceof Integer own
                    && own >= 0
                    && own <= MOST_SLOTS) {
                engines.add(new Engine(name, host, own));
            } else {
                reader.fault(
                        "docker.engines." + name,
                        Objects.requireNonNullElse(json.getValue(name), "null"),
                        "expected a name of letters, digits and . _ -, with {host: tcp://... or unix://..., slots: number up to "
                                + MOST_SLOTS + "}");
            }
        }
        return engines;
    }

    private static Sandboxes sandboxes(ConfigReader reader) {
        return new Sandboxes(
                reader.choice(
                        "docker.sandboxes.shared-by",
                        OFFERING,
                        List.of(OFFERING, CUSTOMER, NONE),
                        "Whose runs share a network namespace, which halves what a container costs. none: each has its own."),
                reader.duration(
                        "docker.sandboxes.maximum-age",
                        Duration.ofHours(6),
                        "For how long new runs join the same one."));
    }

    private static Duration warmAge(ConfigReader reader) {
        Duration age = reader.duration(
                "docker.warm.maximum-age",
                Duration.ofMinutes(30),
                "How long a warm container waits before it is made anew, and how long some are kept ready for what no run asks for.");
        if (age.compareTo(SHORTEST_WARM) < 0) {
            reader.fault("docker.warm.maximum-age", age, "expected at least " + SHORTEST_WARM);
        }
        return age;
    }

    private static Pulls pulls(ConfigReader reader) {
        PullPolicy policy = PullPolicy.ofKey(reader.choice(
                "docker.pull-policy",
                PullPolicy.MISSING.key(),
                PullPolicy.keys(),
                "When images are pulled: when the engine has not got them, before each run, or never."));
        String directory = reader.text(
                "docker.config-directory",
                "",
                "Where Docker's config.json is, with the credentials for registries. Empty: DOCKER_CONFIG or ~/.docker.");
        return new Pulls(
                policy,
                reader.duration("docker.pull-timeout", Duration.ofMinutes(10), "How long pulling an image may take."),
                directory.isEmpty() ? null : directory);
    }

    private static List<String> volumes(ConfigReader reader) {
        List<String> volumes = ScriptConfig.texts(
                reader,
                "docker.volumes",
                List.of(),
                "Mounted into every script's container: name-or-host-path:/path[:ro]. Every script can reach it.");
        volumes.stream()
                .filter(volume -> !VOLUME.matcher(volume).matches())
                .forEach(wrong -> reader.fault("docker.volumes", wrong, "expected name-or-host-path:/path[:ro]"));
        return volumes;
    }
}
