package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.NeverBegunException;
import java.util.Optional;
import java.util.Set;

/** Tells what keeps a Pod from beginning, and whether waiting may help. */
final class PendingPod {

    private static final Set<String> IMAGE = Set.of("ImagePullBackOff", "ErrImageNeverPull", "RegistryUnavailable");
    private static final Set<String> REFUSED = Set.of(
            "InvalidImageName",
            "ErrImageInspect",
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError",
            "CrashLoopBackOff");

    private static final Set<String> REJECTED =
            Set.of("NodeAffinity", "NodeShutdown", "TopologyAffinityError", "UnexpectedAdmissionError");

    private PendingPod() {}

    /** Why a run is given up before it has begun. */
    record Fault(boolean mayWorkLater, String code, String message) {}

    /** What a pod's containers say that only a person can mend, or that the cluster has tried more than once. */
    static Optional<Fault> of(PodSight pod) {
        if (pod.over() && !pod.begun() && isRejection(pod.reason())) {
            return Optional.of(unschedulable("its node refused it, " + pod.reason() + ": " + pod.message()));
        }
        PodSight.Waiting waiting = pod.waiting();
        if (waiting == null || pod.deleting()) {
            return Optional.empty();
        }
        String words = waiting.reason() + (waiting.message().isEmpty() ? "" : ": " + waiting.message());
        if (IMAGE.contains(waiting.reason())) {
            return Optional.of(imageUnavailable(words));
        }
        return REFUSED.contains(waiting.reason())
                ? Optional.of(new Fault(false, "pod_refused", words))
                : Optional.empty();
    }

    // What a node says of a Pod that was given to it and that it did not take.
    private static boolean isRejection(String reason) {
        return reason.startsWith("OutOf") || REJECTED.contains(reason);
    }

    static Fault imageUnavailable(String words) {
        return new Fault(
                true,
                "image_unavailable",
                "Cannot pull the script's image: " + words
                        + ". Correct the name in the list of languages, or name a pull secret in"
                        + " kubernetes.image-pull-secrets.");
    }

    static Fault unschedulable(String words) {
        return new Fault(
                true,
                NeverBegunException.ENGINE_UNAVAILABLE,
                "Cannot schedule the script's Pod: " + words
                        + ". Make room in the cluster, or ask for less in resources.");
    }

    static Fault tooLong(String words) {
        return new Fault(
                true,
                NeverBegunException.ENGINE_UNAVAILABLE,
                "Cannot begin the script within kubernetes.pending-timeout" + (words.isEmpty() ? "." : ": " + words));
    }

    /** What the Job's events say of a Pod that could not be made. */
    static Optional<Fault> notCreated(String event) {
        // A quota is free again when others end: that is waited for, as long as anything pending is.
        return event.isEmpty() || event.contains("exceeded quota")
                ? Optional.empty()
                : Optional.of(new Fault(false, "pod_refused", "FailedCreate: " + event));
    }
}
