package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a run's Job and Secret are made. They pass Pod Security "restricted". */
record JobRecipe(KubernetesSettings settings) {

    static final String INSTALL_LABEL = "factotum.io/install";
    static final String RUN_LABEL = "factotum.io/run";
    static final String TRY_LABEL = "factotum.io/try";
    static final String CONTAINER = "script";

    private static final String LABEL_PREFIX = "factotum.io/";
    private static final String LEND_SHELL = """
            cp /bin/busybox /factotum/shell/busybox && cd /factotum/shell || exit 1
            for tool in sh cat cp fold gzip mkfifo printf rm; do ln -sf busybox "$tool" || exit 1; done
            """;

    static String name(RunTry runTry) {
        return "factotum-" + runTry.name();
    }

    /** The try whose labels an object carries. */
    static Optional<RunTry> tryOf(@Nullable Map<String, String> labels) {
        Map<String, String> all = Objects.requireNonNullElse(labels, Map.of());
        String run = all.getOrDefault(RUN_LABEL, "").replace("-", "");
        return RunTry.parse(run + "-" + all.getOrDefault(TRY_LABEL, "1"));
    }

    /** Suspended: nothing of it runs until it is released. */
    Job job(RunSpec spec) {
        KubernetesSettings.Times times = settings.times();
        Map<String, String> labels = labels(spec);
        return new JobBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName(name(spec.runTry()))
                        .withLabels(labels)
                        .withAnnotations(settings.pods().annotations())
                        .build())
                .withNewSpec()
                .withSuspend(true)
                .withParallelism(1)
                .withCompletions(1)
                .withBackoffLimit(0)
                .withActiveDeadlineSeconds(times.running().toSeconds())
                .withTtlSecondsAfterFinished(Math.toIntExact(times.kept().toSeconds()))
                .withTemplate(new PodTemplateSpecBuilder()
                        .withMetadata(new ObjectMetaBuilder()
                                .withLabels(labels)
                                .withAnnotations(settings.pods().annotations())
                                .build())
                        .withSpec(pod(spec))
                        .build())
                .endSpec()
                .build();
    }

    Secret secret(RunSpec spec, ScriptSecret content, String jobUid) {
        String name = name(spec.runTry());
        return new SecretBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName(name)
                        .withLabels(labels(spec))
                        .withOwnerReferences(new OwnerReferenceBuilder()
                                .withApiVersion("batch/v1")
                                .withKind("Job")
                                .withName(name)
                                .withUid(jobUid)
                                .build())
                        .build())
                .withType("Opaque")
                .withImmutable(true)
                .withData(content.data())
                .build();
    }

    private Map<String, String> labels(RunSpec spec) {
        Map<String, String> labels = new HashMap<>(settings.pods().labels());
        spec.labels().forEach((key, value) -> labels.put(LABEL_PREFIX + key, value));
        labels.put(INSTALL_LABEL, settings.installId());
        labels.put(RUN_LABEL, spec.runTry().run().toString());
        labels.put(TRY_LABEL, String.valueOf(spec.runTry().number()));
        return labels;
    }

    private PodSpec pod(RunSpec spec) {
        KubernetesSettings.Pods pods = settings.pods();
        PodSpecBuilder pod = new PodSpecBuilder()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(
                        Math.max(1, settings.times().grace().toSeconds()))
                .withAutomountServiceAccountToken(false)
                // A variable for each Service of the namespace is nothing that a script asked for.
                .withEnableServiceLinks(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(container(spec))
                .withVolumes(volumes(spec))
                .withImagePullSecrets(pods.imagePullSecrets().stream()
                        .map(LocalObjectReference::new)
                        .toList())
                .withTolerations(pods.tolerations().stream()
                        .map(toleration -> Serialization.unmarshal(Serialization.asJson(toleration), Toleration.class))
                        .toList());
        if (!pods.nodeSelector().isEmpty()) {
            pod.withNodeSelector(pods.nodeSelector());
        }
        if (pods.priorityClass() != null) {
            pod.withPriorityClassName(pods.priorityClass());
        }
        if (pods.runtimeClass() != null) {
            pod.withRuntimeClassName(pods.runtimeClass());
        }
        if (pods.shellImage() != null) {
            pod.withInitContainers(lender(spec, pods.shellImage()));
        }
        return pod.build();
    }

    private Container container(RunSpec spec) {
        List<VolumeMount> mounts = new ArrayList<>(List.of(
                mount("work", PodWrapper.WORK, false),
                mount("tmp", PodWrapper.TMP, false),
                mount("script", PodWrapper.SECRET, true)));
        boolean lentShell = settings.pods().shellImage() != null;
        if (lentShell) {
            mounts.add(mount("shell", PodWrapper.SHELL, true));
        }
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(spec.image())
                .withImagePullPolicy(settings.pods().imagePullPolicy())
                .withCommand(PodWrapper.command(lentShell))
                .withArgs(PodWrapper.arguments(spec.runTry().run(), spec.command()))
                .withWorkingDir("/")
                .withResources(resources(spec.limits()))
                .withSecurityContext(security(spec))
                .withVolumeMounts(mounts)
                .build();
    }

    private Container lender(RunSpec spec, String image) {
        return new ContainerBuilder()
                .withName("shell")
                .withImage(image)
                .withImagePullPolicy(settings.pods().imagePullPolicy())
                .withCommand("/bin/busybox", "sh", "-c", LEND_SHELL)
                .withResources(resources(spec.limits()))
                .withSecurityContext(security(spec))
                .withVolumeMounts(mount("shell", PodWrapper.SHELL, false))
                .build();
    }

    private SecurityContext security(RunSpec spec) {
        // By number only: a node cannot tell whether a name, or the image's own user, is not root.
        String named = Objects.requireNonNullElse(spec.limits().user(), "");
        String[] user = named.matches("\\d+(:\\d+)?") ? named.split(":", 2) : new String[0];
        SecurityContextBuilder security = new SecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(
                        user.length > 0
                                ? Long.valueOf(user[0])
                                : Long.valueOf(settings.pods().user()))
                .withPrivileged(false)
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities();
        if (user.length > 1) {
            security.withRunAsGroup(Long.valueOf(user[1]));
        }
        return security.build();
    }

    // Requests equal to limits: what a run may use is there for it.
    private static ResourceRequirements resources(RunSpec.Limits limits) {
        Map<String, Quantity> amounts = Map.of(
                "cpu", new Quantity(Math.max(1, Math.round(limits.cpus() * 1000)) + "m"),
                "memory", new Quantity(BigDecimal.valueOf(limits.memoryBytes()).toPlainString()));
        return new ResourceRequirementsBuilder()
                .withRequests(amounts)
                .withLimits(amounts)
                .build();
    }

    private List<Volume> volumes(RunSpec spec) {
        List<Volume> volumes = new ArrayList<>(List.of(
                emptyDirectory("work"),
                emptyDirectory("tmp"),
                new VolumeBuilder()
                        .withName("script")
                        .withNewSecret()
                        .withSecretName(name(spec.runTry()))
                        .withDefaultMode(0444)
                        .endSecret()
                        .build()));
        if (settings.pods().shellImage() != null) {
            volumes.add(emptyDirectory("shell"));
        }
        return volumes;
    }

    private static Volume emptyDirectory(String name) {
        return new VolumeBuilder()
                .withName(name)
                .withEmptyDir(new EmptyDirVolumeSource())
                .build();
    }

    private static VolumeMount mount(String name, String path, boolean readOnly) {
        return new VolumeMountBuilder()
                .withName(name)
                .withMountPath(path)
                .withReadOnly(readOnly ? Boolean.TRUE : null)
                .build();
    }
}
