package io.factotum.scripts.executor;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Small specs for tests: a shell script with no more than the test is about. */
public final class RunSpecs {

    public static final String SHELL_IMAGE = "factotum-test/shell:1";
    public static final RunSpec.Limits LIMITS = new RunSpec.Limits(1, 128L << 20, 128, "none");

    private RunSpecs() {}

    public static RunSpec shell(String script) {
        return of(UUID.randomUUID(), script, Map.of(), Map.of());
    }

    public static RunSpec shell(String script, Map<String, String> environment, Map<String, String> secrets) {
        return of(UUID.randomUUID(), script, environment, secrets);
    }

    public static RunSpec with(RunSpec spec, String image, List<String> command, RunSpec.Limits limits) {
        return copy(spec, spec.runTry(), image, command, limits, spec.trustDomain());
    }

    /** The next try of the same run. */
    public static RunSpec triedAgain(RunSpec spec) {
        RunTry next = new RunTry(spec.runTry().run(), spec.runTry().number() + 1);
        return copy(spec, next, spec.image(), spec.command(), spec.limits(), spec.trustDomain());
    }

    /** The same run in another trust domain. */
    public static RunSpec trusted(RunSpec spec, String trustDomain) {
        return copy(spec, spec.runTry(), spec.image(), spec.command(), spec.limits(), trustDomain);
    }

    private static RunSpec copy(
            RunSpec spec,
            RunTry runTry,
            String image,
            List<String> command,
            RunSpec.Limits limits,
            String trustDomain) {
        return new RunSpec(
                runTry,
                spec.labels(),
                image,
                command,
                spec.script(),
                spec.environment(),
                spec.secrets(),
                limits,
                trustDomain);
    }

    /** The same run on another network. */
    public static RunSpec onNetwork(RunSpec spec, String network) {
        RunSpec.Limits limits = spec.limits();
        return with(
                spec,
                spec.image(),
                spec.command(),
                new RunSpec.Limits(
                        limits.cpus(),
                        limits.memoryBytes(),
                        limits.processes(),
                        network,
                        limits.user(),
                        limits.privileges()));
    }

    private static RunSpec of(UUID runId, String script, Map<String, String> environment, Map<String, String> secrets) {
        return new RunSpec(
                RunTry.first(runId),
                Map.of("event", "create"),
                SHELL_IMAGE,
                List.of("sh"),
                script.getBytes(StandardCharsets.UTF_8),
                environment,
                secrets,
                LIMITS,
                "tests");
    }
}
