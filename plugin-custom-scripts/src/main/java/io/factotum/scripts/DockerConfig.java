package io.factotum.scripts;

import io.factotum.api.config.ConfigReader;
import io.factotum.scripts.executor.docker.PullPolicy;
import io.factotum.scripts.executor.docker.Pulls;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The operator's settings below {@code docker}: how containers are made.
 *
 * @param host the engine's address; empty for the one that the environment names
 * @param init whether a small init process reaps what scripts leave behind
 * @param volumes mounted into every container: {@code name-or-host-path:/path[:ro]}
 */
record DockerConfig(String host, boolean init, Pulls pulls, Sandboxes sandboxes, Warm warm, List<String> volumes) {

    static final String OFFERING = "offering";
    static final String CUSTOMER = "customer";
    static final String NONE = "none";

    private static final Pattern VOLUME = Pattern.compile("[^:]+:/[^:]*(:r[ow])?");
    private static final Duration SHORTEST_WARM = Duration.ofSeconds(10);

    /**
     * Containers that lend their network namespace.
     *
     * @param sharedBy whose runs share one: {@code offering}, {@code customer} or {@code none}
     * @param maximumAge after this new runs get a new one
     */
    record Sandboxes(String sharedBy, Duration maximumAge) {}

    /**
     * Containers that wait for a run.
     *
     * @param maximumAge how long one waits
     * @param slots how many there may be at once, together with those that run
     */
    record Warm(Duration maximumAge, int slots) {}

    static DockerConfig read(ConfigReader reader) {
        return new DockerConfig(
                reader.text(
                        "docker.host", "", "The engine's address. Empty: what the environment names, as docker does."),
                reader.flag("docker.init", true, "Whether an init process reaps what scripts leave behind."),
                pulls(reader),
                sandboxes(reader),
                warm(reader),
                volumes(reader));
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

    private static Warm warm(ConfigReader reader) {
        Duration age = reader.duration(
                "docker.warm.maximum-age",
                Duration.ofMinutes(30),
                "How long a warm container waits before it is made anew, and how long some are kept ready for what no run asks for.");
        if (age.compareTo(SHORTEST_WARM) < 0) {
            reader.fault("docker.warm.maximum-age", age, "expected at least " + SHORTEST_WARM);
        }
        return new Warm(
                age,
                (int)
                        reader.number(
                                "docker.warm.slots",
                                8,
                                1,
                                1000,
                                "How many containers there may be at once on this host, running and warm: warm ones make room. As many as `lifecycle.slots` of conf/host.yaml."));
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
