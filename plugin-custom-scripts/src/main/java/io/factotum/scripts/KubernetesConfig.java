package io.factotum.scripts;

import io.factotum.api.config.ConfigReader;
import io.factotum.scripts.executor.kubernetes.KubernetesSettings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The operator's settings below {@code kubernetes}. */
record KubernetesConfig(
        String kubeconfig,
        String namespace,
        KubernetesSettings.Pods pods,
        Duration pending,
        Duration unschedulable,
        Duration running,
        Duration kept,
        Duration nodeSilence,
        Duration look,
        int followedLogs) {

    static KubernetesConfig read(ConfigReader reader) {
        return new KubernetesConfig(
                reader.text(
                        "kubernetes.kubeconfig",
                        "",
                        "The file to connect by. Empty: the service account in a cluster, else what KUBECONFIG names."),
                reader.text("kubernetes.namespace", "", "Where Jobs are made. Empty: the connection's own namespace."),
                pods(reader),
                reader.duration(
                        "kubernetes.pending-timeout",
                        Duration.ofMinutes(10),
                        "How long a script may take to begin once its Job is there."),
                reader.duration(
                        "kubernetes.unschedulable-timeout",
                        Duration.ofMinutes(2),
                        "How long no node may have room for a Pod, as while a cluster grows."),
                reader.duration(
                        "kubernetes.running-timeout",
                        Duration.ofHours(24),
                        "When the cluster ends a Job that no host looks after; more than any offering's timeout."),
                reader.duration(
                        "kubernetes.kept",
                        Duration.ofDays(7),
                        "How long the cluster keeps a finished Job that no host has removed. A host that is away for longer"
                                + " loses the results."),
                reader.duration(
                        "kubernetes.node-timeout",
                        Duration.ofMinutes(1),
                        "How long a Pod may stay beyond its time to end before its node counts as lost."),
                reader.duration(
                        "kubernetes.look-interval",
                        Duration.ofMinutes(2),
                        "How often all Jobs are looked at, besides the watch."),
                (int) reader.number(
                        "kubernetes.followed-logs",
                        100,
                        1,
                        10_000,
                        "How many logs are read at once, a connection each. The others are read when their script has"
                                + " ended."));
    }

    private static KubernetesSettings.Pods pods(ConfigReader reader) {
        return new KubernetesSettings.Pods(
                reader.number(
                        "kubernetes.user",
                        65532,
                        1,
                        (1L << 31) - 1,
                        "The user, by number, that a script runs as where its offering names none."),
                texts(reader, "kubernetes.image-pull-secrets", "Secrets with registry credentials, by name."),
                reader.choice(
                        "kubernetes.image-pull-policy",
                        "IfNotPresent",
                        List.of("IfNotPresent", "Always", "Never"),
                        "When nodes pull a script's image."),
                map(reader, "kubernetes.node-selector", "Labels of the nodes that scripts may run on."),
                maps(
                        reader,
                        "kubernetes.tolerations",
                        "Taints that scripts tolerate: list of {key, operator, value, effect}."),
                empty(reader.text("kubernetes.priority-class", "", "The priority class of Pods. Empty: the default.")),
                empty(reader.text("kubernetes.runtime-class", "", "The runtime class of Pods. Empty: the default.")),
                map(reader, "kubernetes.labels", "More labels on Jobs, Pods and Secrets."),
                map(reader, "kubernetes.annotations", "More annotations on Jobs and Pods."),
                empty(reader.text(
                        "kubernetes.shell-image",
                        "",
                        "An image with a static /bin/busybox that is lent to every script, for images without a shell."
                                + " Empty: images have their own.")));
    }

    /** As the executor wants them. */
    KubernetesSettings settings(String installId, Duration stopGrace) {
        return new KubernetesSettings(
                empty(kubeconfig),
                empty(namespace),
                installId,
                pods,
                new KubernetesSettings.Times(pending, unschedulable, running, kept, stopGrace, nodeSilence, look),
                followedLogs);
    }

    private static @Nullable String empty(String text) {
        return text.isEmpty() ? null : text;
    }

    private static List<String> texts(ConfigReader reader, String key, String meaning) {
        return reader.list(key, new JsonArray(), "none", meaning).stream()
                .map(Objects::toString)
                .toList();
    }

    private static Map<String, String> map(ConfigReader reader, String key, String meaning) {
        Map<String, String> map = new LinkedHashMap<>();
        reader.object(key, new JsonObject(), "none", meaning)
                .forEach(entry -> map.put(entry.getKey(), String.valueOf(entry.getValue())));
        return map;
    }

    private static List<Map<String, Object>> maps(ConfigReader reader, String key, String meaning) {
        JsonArray list = reader.list(key, new JsonArray(), "none", meaning);
        list.stream()
                .filter(item -> !(item instanceof JsonObject))
                .forEach(wrong -> reader.fault(key, wrong, "expected an object for each toleration"));
        return list.stream()
                .filter(JsonObject.class::isInstance)
                .map(item -> ((JsonObject) item).getMap())
                .toList();
    }
}
