package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RunTry;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What counts of a Job.
 *
 * @param runTry the try whose labels it carries
 * @param createdAt when it was made
 * @param failure the reason of its condition Failed; null if it has none
 * @param stopReason why we stopped it; null if we did not
 */
record JobSight(
        @Nullable RunTry runTry,
        String uid,
        Instant createdAt,
        boolean complete,
        @Nullable String failure,
        String message,
        boolean deleting,
        Exit.@Nullable Reason stopReason) {

    /** Says on a Job why we ended it. */
    static final String STOPPED = "factotum.io/stopped";

    static JobSight of(Job job) {
        // Of the conditions only these two are ends: SuccessCriteriaMet and FailureTarget come before them.
        Optional<JobCondition> failed = condition(job, "Failed");
        return new JobSight(
                JobRecipe.tryOf(job.getMetadata().getLabels()).orElse(null),
                job.getMetadata().getUid(),
                Instant.parse(job.getMetadata().getCreationTimestamp()),
                condition(job, "Complete").isPresent(),
                failed.map(it -> Objects.requireNonNullElse(it.getReason(), "Failed"))
                        .orElse(null),
                failed.map(JobCondition::getMessage).orElse(""),
                job.getMetadata().getDeletionTimestamp() != null,
                stopReason(job));
    }

    boolean finished() {
        return complete || failure != null;
    }

    private static Optional<JobCondition> condition(Job job, String type) {
        List<JobCondition> conditions =
                job.getStatus() == null ? List.of() : job.getStatus().getConditions();
        return conditions.stream()
                .filter(it -> type.equals(it.getType()) && "True".equals(it.getStatus()))
                .findFirst();
    }

    private static Exit.@Nullable Reason stopReason(Job job) {
        String key = job.getMetadata().getAnnotations() == null
                ? null
                : job.getMetadata().getAnnotations().get(STOPPED);
        return Arrays.stream(Exit.Reason.values())
                .filter(reason -> reason.key().equals(key))
                .findFirst()
                .orElse(null);
    }
}
