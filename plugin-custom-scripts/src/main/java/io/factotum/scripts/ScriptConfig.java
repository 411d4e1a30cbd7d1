package io.factotum.scripts;

import io.factotum.api.config.ConfigReader;
import io.factotum.scripts.executor.Privileges;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.docker.WarmSettings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operator's settings, {@code conf/plugins/custom-scripts.yaml}.
 *
 * @param executor {@code auto}, {@code docker}, {@code kubernetes} or {@code process}
 * @param languages what offerings may name, by name
 * @param outputLimit how many bytes are kept of what one run prints
 * @param stopGrace from TERM to KILL
 */
record ScriptConfig(
        String executor,
        DockerConfig docker,
        KubernetesConfig kubernetes,
        Map<String, Language> languages,
        int outputLimit,
        Duration stopGrace,
        Allowances allowances,
        Sweep sweep) {

    static final String AUTO = "auto";
    static final String DOCKER = "docker";
    static final String KUBERNETES = "kubernetes";
    static final String PROCESS = "process";

    private static final int MOST_WARM = 100;
    private static final Map<String, Language> DEFAULT_LANGUAGES = Map.of(
            "python", new Language("python:3.12-alpine", List.of("python")),
            "shell", new Language("alpine:3", List.of("sh")));

    /**
     * What runs scripts of one language.
     *
     * @param warm how many containers wait for a run of it, for each kind that its runs have asked for
     */
    record Language(String image, List<String> command, int warm) {

        /** For which none waits. */
        Language(String image, List<String> command) {
            this(image, command, 0);
        }
    }

    /** What one run may use of the machine. */
    record Resources(double cpus, long memoryBytes, long processes) {}

    /** What offerings get where they say nothing, and what they may ask for. */
    record Allowances(
            Resources standard,
            Resources maximum,
            String standardNetwork,
            List<String> networks,
            String standardUser,
            List<String> users,
            List<String> privileges) {}

    /** How often what no run owns is removed, and how old it must be. */
    record Sweep(Duration interval, Duration grace) {}

    /** Reads all keys, and leaves the faults with the reader; {@link ConfigReader#finish()} tells them. */
    static ScriptConfig read(ConfigReader reader) {
        String executor = reader.choice(
                "executor",
                AUTO,
                List.of(AUTO, DOCKER, KUBERNETES, PROCESS),
                "What runs scripts. auto takes kubernetes inside a cluster, docker if an engine answers, else process if `plugins.allow-processes` of"
                        + " conf/host.yaml allows it.");
        DockerConfig docker = DockerConfig.read(reader);
        return new ScriptConfig(
                executor,
                docker,
                KubernetesConfig.read(reader),
                languages(reader),
                (int) size(reader, "output-limit", "1m", 1024, 64 << 20, "How much is kept of what one run prints."),
                reader.duration("stop-grace", Duration.ofSeconds(10), "From asking a script to end to killing it."),
                allowances(reader),
                new Sweep(
                        reader.duration(
                                "sweep.interval", Duration.ofMinutes(5), "How often what no run owns is removed."),
                        reader.duration(
                                "sweep.grace", Duration.ofMinutes(10), "How old it must be before it is removed.")));
    }

    private static Allowances allowances(ConfigReader reader) {
        Resources maximum = resources(reader, "resources.maximum", "4", "4g", 4096, "at most");
        Resources standard = resources(reader, "resources.default", "1", "512m", 256, "by default");
        if (standard.cpus() > maximum.cpus()
                || standard.memoryBytes() > maximum.memoryBytes()
                || standard.processes() > maximum.processes()) {
            reader.fault("resources.default", standard, "expected no more than resources.maximum");
        }
        List<String> networks =
                texts(reader, "network.allowed", List.of("bridge", "none"), "The networks that offerings may name.");
        String network = reader.text("network.default", "bridge", "The network that a run joins by default.");
        if (!networks.contains(network)) {
            reader.fault("network.default", network, "expected one of network.allowed: " + String.join(", ", networks));
        }
        return new Allowances(
                standard,
                maximum,
                network,
                networks,
                reader.text(
                        "users.default",
                        RunSpec.Limits.NOBODY,
                        "The user, or user:group, that a run is by default, whatever its image says. `image` is the"
                                + " image's own."),
                texts(
                        reader,
                        "users.allowed",
                        List.of(),
                        "The users, or user:group, that offerings may name: `image` for the image's own, `root` and `0`"
                                + " for root."),
                privileges(reader));
    }

    private static List<String> privileges(ConfigReader reader) {
        List<String> privileges = texts(
                reader,
                "privileges.allowed",
                List.of(),
                "What offerings may ask for beyond what every script may: " + Privileges.known() + ".");
        privileges.stream()
                .filter(privilege -> !Privileges.isKnown(privilege))
                .forEach(wrong -> reader.fault("privileges.allowed", wrong, "expected " + Privileges.known()));
        return privileges;
    }

    private static Resources resources(
            ConfigReader reader, String prefix, String cpus, String memory, long processes, String when) {
        double processors =
                parsed(reader, prefix + ".cpus", cpus, "Processors that one run has " + when + ".", ScriptConfig::cpus);
        return new Resources(
                processors,
                size(reader, prefix + ".memory", memory, 6 << 20, 1L << 50, "Memory that one run has " + when + "."),
                reader.number(
                        prefix + ".processes",
                        processes,
                        1,
                        1 << 22,
                        "Processes and threads that one run has " + when + "."));
    }

    /** The processors in a text. @throws IllegalArgumentException saying what was expected */
    static double cpus(String text) {
        try {
            double cpus = Double.parseDouble(text);
            if (cpus >= 0.01 && cpus <= 4096) {
                return cpus;
            }
        } catch (NumberFormatException notANumber) {
            // Told below.
        }
        throw new IllegalArgumentException("expected a number of processors of at least 0.01, such as 0.5");
    }

    private static long size(ConfigReader reader, String key, String defaultSize, long min, long max, String meaning) {
        return parsed(reader, key, defaultSize, meaning, text -> {
            long size = ByteSize.parse(text);
            if (size < min || size > max) {
                throw new IllegalArgumentException("expected a size from %d to %d bytes".formatted(min, max));
            }
            return size;
        });
    }

    private static <T> T parsed(
            ConfigReader reader, String key, String defaultText, String meaning, Function<String, T> parse) {
        String text = reader.text(key, defaultText, meaning);
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException wrong) {
            reader.fault(key, text, String.valueOf(wrong.getMessage()));
            return parse.apply(defaultText);
        }
    }

    static List<String> texts(ConfigReader reader, String key, List<String> defaults, String meaning) {
        String defaultText = defaults.isEmpty() ? "none" : String.join(", ", defaults);
        return reader.list(key, new JsonArray(defaults), defaultText, meaning).stream()
                .map(Objects::toString)
                .toList();
    }

    /** How many containers wait for which program. */
    WarmSettings warmSettings(int slots) {
        Map<WarmSettings.Program, Integer> counts = new HashMap<>();
        languages
                .values()
                .forEach(language -> counts.merge(
                        new WarmSettings.Program(language.image(), language.command()), language.warm(), Math::max));
        return new WarmSettings(counts, docker.warmAge(), slots);
    }

    private static Map<String, Language> languages(ConfigReader reader) {
        JsonObject json = reader.object(
                "languages",
                new JsonObject(),
                "python (python:3.12-alpine), shell (alpine:3)",
                "What offerings may name as their language, in place of the default: {name: {image, command, warm}}. An"
                        + " image that is not listed cannot run. warm: how many containers wait for a run of each kind, 0 by default.");
        if (json.isEmpty()) {
            return DEFAULT_LANGUAGES;
        }
        Map<String, Language> languages = new LinkedHashMap<>();
        for (String name : json.fieldNames()) {
            if (json.getValue(name) instanceof JsonObject language
                    && language.getValue("image") instanceof String image
                    && !image.isBlank()
                    && !command(language.getValue("command")).isEmpty()
                    && language.getValue("warm", 0) instanceof Integer warm
                    && warm >= 0
                    && warm <= MOST_WARM) {
                languages.put(name, new Language(image, command(language.getValue("command")), warm));
            } else {
                reader.fault(
                        "languages." + name,
                        json.getValue(name),
                        "expected {image: text, command: text or list of texts}, and warm: number up to " + MOST_WARM);
            }
        }
        return languages;
    }

    private static List<String> command(@Nullable Object command) {
        if (command instanceof JsonArray words) {
            return words.stream().map(Objects::toString).toList();
        }
        return command instanceof String text && !text.isBlank()
                ? Arrays.asList(text.strip().split("\\s+"))
                : List.of();
    }
}
