package io.factotum.scripts.executor.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings for a double of a cluster. */
final class TestClusters {

    private TestClusters() {}

    static KubernetesSettings settings(Path directory, String url, String installId) throws IOException {
        return settings(directory, url, installId, times(Duration.ofSeconds(30), Duration.ofSeconds(5)));
    }

    static KubernetesSettings settings(Path directory, String url, String installId, KubernetesSettings.Times times)
            throws IOException {
        return new KubernetesSettings(kubeconfig(directory, url).toString(), "scripts", installId, pods(), times, 100);
    }

    static KubernetesSettings.Pods pods() {
        return new KubernetesSettings.Pods(
                65532, List.of(), "IfNotPresent", Map.of(), List.of(), null, null, Map.of(), Map.of(), null);
    }

    static KubernetesSettings.Times times(Duration pending, Duration unschedulable) {
        return new KubernetesSettings.Times(
                pending,
                unschedulable,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                // Well below the time that may be spent pending: what a broken watch has lost comes to light by
                // looking.
                Duration.ofSeconds(4));
    }

    static Path kubeconfig(Path directory, String url) throws IOException {
        Path file = directory.resolve("kubeconfig.yaml");
        // Another executor may be reading it.
        Path whole = Files.createTempFile(directory, "kubeconfig", ".new");
        Files.writeString(whole, """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters: [{name: test, cluster: {server: "%s"}}]
                users: [{name: test, user: {token: test}}]
                contexts: [{name: test, context: {cluster: test, user: test, namespace: scripts}}]
                """.formatted(url));
        return Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
