package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.factotum.scripts.executor.RunTry;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What counts of a Pod.
 *
 * @param run the run whose label it carries
 * @param reason why the whole pod was ended, as Evicted; empty if it was not
 * @param startedAt when the script's container began; null if it has not
 * @param end how the script's container ended; null if it has not, or nobody saw
 * @param over whether nothing of it runs any more
 * @param deleting whether it is to be taken away as soon as it has ended
 * @param waiting why a container is not begun yet; null if none says
 * @param unschedulable why no node takes it; null if one does
 */
record PodSight(
        @Nullable RunTry runTry,
        String name,
        String uid,
        String reason,
        String message,
        @Nullable Instant startedAt,
        @Nullable End end,
        boolean over,
        boolean deleting,
        @Nullable Waiting waiting,
        @Nullable String unschedulable) {

    private static final Set<String> UNSEEN_ENDS = Set.of("NodeLost", "DeletionByTaintManager", "DeletionByPodGC");

    /** How a container ended. */
    record End(int code, String reason, String message, Instant finishedAt) {}

    /** Why a container is not begun yet. */
    record Waiting(String reason, String message) {}

    static PodSight of(Pod pod) {
        PodStatus status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
        Optional<ContainerStatus> container = status.getContainerStatuses().stream()
                .filter(it -> JobRecipe.CONTAINER.equals(it.getName()))
                .findFirst();
        Optional<ContainerStateTerminated> terminated =
                container.map(it -> it.getState() == null ? null : it.getState().getTerminated());
        Instant startedAt = container
                .map(ContainerStatus::getState)
                .map(state -> state.getRunning() != null
                        ? state.getRunning().getStartedAt()
                        : state.getTerminated() != null ? state.getTerminated().getStartedAt() : null)
                .map(time -> instant(time, Instant.now()))
                .orElse(null);
        Optional<PodCondition> disruption = condition(status, "DisruptionTarget", "True");
        boolean over =
                terminated.isPresent() || "Succeeded".equals(status.getPhase()) || "Failed".equals(status.getPhase());
        return new PodSight(
                JobRecipe.tryOf(pod.getMetadata().getLabels()).orElse(null),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                text(status.getReason(), disruption.map(PodCondition::getReason).orElse("")),
                text(
                        status.getMessage(),
                        disruption.map(PodCondition::getMessage).orElse("")),
                startedAt,
                terminated.map(PodSight::end).orElse(null),
                over,
                pod.getMetadata().getDeletionTimestamp() != null,
                waiting(status),
                condition(status, "PodScheduled", "False")
                        .filter(it -> "Unschedulable".equals(it.getReason()))
                        .map(it -> text(it.getMessage(), "no node takes it"))
                        .orElse(null));
    }

    /** Whether only the control plane speaks of its end: on a node that is cut off it may run on. */
    boolean outOfSight() {
        return UNSEEN_ENDS.contains(reason);
    }

    /** Whether the script's container has begun, be it that it has ended since. */
    boolean begun() {
        return startedAt != null && !(end != null && isStartError(end));
    }

    /** Whether the container never came to run its first process. */
    static boolean isStartError(End end) {
        return "StartError".equals(end.reason()) || "ContainerCannotRun".equals(end.reason());
    }

    private static End end(ContainerStateTerminated state) {
        return new End(
                Objects.requireNonNullElse(state.getExitCode(), 0),
                text(state.getReason(), ""),
                text(state.getMessage(), ""),
                instant(state.getFinishedAt(), Instant.now()));
    }

    private static @Nullable Waiting waiting(PodStatus status) {
        return Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .map(it -> it.getState() == null ? null : it.getState().getWaiting())
                .filter(Objects::nonNull)
                .filter(it -> it.getReason() != null
                        && !"PodInitializing".equals(it.getReason())
                        && !"ContainerCreating".equals(it.getReason()))
                .map(PodSight::waiting)
                .findFirst()
                .orElse(null);
    }

    private static Waiting waiting(ContainerStateWaiting state) {
        return new Waiting(state.getReason(), text(state.getMessage(), ""));
    }

    private static Optional<PodCondition> condition(PodStatus status, String type, String value) {
        return status.getConditions().stream()
                .filter(it -> type.equals(it.getType()) && value.equals(it.getStatus()))
                .findFirst();
    }

    private static String text(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }

    private static Instant instant(@Nullable String time, Instant otherwise) {
        try {
            return Instant.parse(Objects.requireNonNullElse(time, ""));
        } catch (DateTimeException e) {
            return otherwise;
        }
    }
}
