package io.factotum.scripts.executor.kubernetes;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster is reached and how Jobs are made there.
 *
 * @param kubeconfig the file to connect by; null for the service account in a cluster, else what the environment names
 * @param namespace where the Jobs are; null for the connection's own
 * @param installId what tells our Jobs from those of other installations
 */
public record KubernetesSettings(
        @Nullable String kubeconfig,
        @Nullable String namespace,
        String installId,
        Pods pods,
        Times times,
        int followedLogs) {

    /**
     * How pods are made.
     *
     * @param user the numeric user that a script runs as where its offering names none
     * @param imagePullPolicy Always, IfNotPresent or Never
     * @param shellImage an image with a static busybox, which is lent to scripts whose image has no shell; null to use the
     *     image's own shell
     * @param tolerations as a pod's specification has them
     */
    public record Pods(
            long user,
            List<String> imagePullSecrets,
            String imagePullPolicy,
            Map<String, String> nodeSelector,
            List<Map<String, Object>> tolerations,
            @Nullable String priorityClass,
            @Nullable String runtimeClass,
            Map<String, String> labels,
            Map<String, String> annotations,
            @Nullable String shellImage) {

        /** Copies the collections. */
        public Pods {
            imagePullSecrets = List.copyOf(imagePullSecrets);
            nodeSelector = Map.copyOf(nodeSelector);
            tolerations = List.copyOf(tolerations);
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
        }
    }

    /**
     * How long things may take.
     *
     * @param pending from the Job's release until its script begins
     * @param unschedulable how long no node may have room for a pod
     * @param running the cluster's own limit, below the offering's timeout: it ends what no host looks after
     * @param kept how long the cluster keeps a finished Job that no host has removed
     * @param grace from TERM to KILL
     * @param nodeSilence how long beyond its time to end a pod may be there before its node counts as lost
     * @param look how often all is looked at again, whatever the watch says
     */
    public record Times(
            Duration pending,
            Duration unschedulable,
            Duration running,
            Duration kept,
            Duration grace,
            Duration nodeSilence,
            Duration look) {}
}
