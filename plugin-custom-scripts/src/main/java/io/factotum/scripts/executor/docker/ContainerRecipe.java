package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import io.factotum.scripts.executor.Privileges;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a run's container is made. */
record ContainerRecipe(DockerSettings settings) {

    static final String INSTALL_LABEL = "factotum.io/install";
    static final String RUN_LABEL = "factotum.io/run";

    private static final String NAME_PREFIX = "factotum-";
    private static final String LABEL_PREFIX = "factotum.io/";

    // A script that prints without end must not fill the engine's disk. At least one whole file of these is kept:
    // 16 MiB of JSON hold 200 KiB of output even where each line is empty (75 bytes for an entry).
    private static final Map<String, String> LOG_OPTIONS = Map.of("max-size", "16m", "max-file", "2");

    static String name(RunTry runTry) {
        return NAME_PREFIX + runTry.name();
    }

    /** The try whose container has this name, as the engine lists it, with a slash before it. */
    static Optional<RunTry> tryOf(String name) {
        String bare = name.startsWith("/") ? name.substring(1) : name;
        return bare.startsWith(NAME_PREFIX) ? RunTry.parse(bare.substring(NAME_PREFIX.length())) : Optional.empty();
    }

    /** For a run. */
    CreateContainerCmd fill(CreateContainerCmd create, RunSpec spec, Sandboxes.Lent sandbox) {
        return hardened(create, spec, sandbox).withName(name(spec.runTry())).withLabels(labels(spec, sandbox));
    }

    /** For any run of this kind, to be named after it when it is known. */
    CreateContainerCmd fillWarm(CreateContainerCmd create, RunSpec kind, Sandboxes.Lent sandbox, String name) {
        Map<String, String> labels = ownLabels(sandbox);
        labels.putAll(WarmMaker.label());
        return hardened(create, kind, sandbox).withName(name).withLabels(labels);
    }

    private CreateContainerCmd hardened(CreateContainerCmd create, RunSpec spec, Sandboxes.Lent sandbox) {
        create.withEntrypoint("/bin/sh")
                .withCmd(ScriptWrapper.commandLine(spec.command()))
                // The user is unknown to most images, and then its home would be the root, which nobody may write to.
                .withEnv("HOME=/work")
                .withTty(false)
                .withStdinOpen(true)
                // When we go, the wrapper reads an end and gives up, rather than wait for ever.
                .withStdInOnce(true)
                .withAttachStdin(true)
                .withAttachStdout(true)
                .withAttachStderr(true)
                .withHostConfig(hostConfig(spec.limits(), sandbox));
        if (!spec.limits().user().equals(RunSpec.Limits.IMAGE_USER)) {
            create.withUser(spec.limits().user());
        }
        return create;
    }

    private Map<String, String> labels(RunSpec spec, Sandboxes.Lent sandbox) {
        Map<String, String> labels = new HashMap<>();
        spec.labels().forEach((key, value) -> labels.put(LABEL_PREFIX + key, value));
        labels.put(RUN_LABEL, spec.runTry().run().toString());
        labels.putAll(ownLabels(sandbox));
        return labels;
    }

    private Map<String, String> ownLabels(Sandboxes.Lent sandbox) {
        Map<String, String> labels = new HashMap<>(ownLabel());
        if (!sandbox.name().isEmpty()) {
            labels.put(Sandboxes.MEMBER_LABEL, sandbox.name());
        }
        return labels;
    }

    private HostConfig hostConfig(RunSpec.Limits limits, Sandboxes.Lent sandbox) {
        return HostConfig.newHostConfig()
                .withInit(settings.init())
                .withMemory(limits.memoryBytes())
                .withMemorySwap(limits.memoryBytes())
                .withNanoCPUs(Math.round(limits.cpus() * 1_000_000_000L))
                .withPidsLimit(limits.processes())
                .withNetworkMode(sandbox.networkMode())
                .withBinds(settings.volumes().stream().map(Bind::parse).toList())
                .withCapDrop(Capability.ALL)
                .withCapAdd(limits.privileges().capabilities().stream()
                        .map(Capability::valueOf)
                        .toArray(Capability[]::new))
                .withSecurityOpts(securityOptions(limits.privileges()))
                .withReadonlyRootfs(!limits.privileges().has(Privileges.WRITABLE_ROOT))
                // Not the container's working directory: the engine would make that beforehand, and the mount would
                // take its mode, not this one. Writable for any user and in any image, and scripts and secrets never
                // reach a disk. What they hold counts as the run's memory, hence the parts of it: a full disk is a
                // clearer end than out of memory.
                .withTmpFs(Map.of(
                        "/work", "rw,exec,nosuid,nodev,mode=1777,size=" + limits.memoryBytes() / 2,
                        "/tmp", "rw,exec,nosuid,nodev,mode=1777,size=" + limits.memoryBytes() / 4))
                .withLogConfig(new LogConfig(LoggingType.JSON_FILE, LOG_OPTIONS));
    }

    private static List<String> securityOptions(Privileges privileges) {
        List<String> options = new ArrayList<>();
        if (!privileges.has(Privileges.NEW_PRIVILEGES)) {
            options.add("no-new-privileges");
        }
        if (privileges.has(Privileges.NO_SECCOMP)) {
            options.add("seccomp=unconfined");
        }
        return options;
    }

    Map<String, String> ownLabel() {
        return Map.of(INSTALL_LABEL, settings.installId());
    }
}
