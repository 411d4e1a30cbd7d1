package io.factotum.scripts.executor.kubernetes;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was last seen of a run's Job and Pod. The two are told of independently, and what a look shows may be older than
 * what a watch has told already.
 */
final class Sightings {

    private final String jobUid;
    private @Nullable JobSight job;
    private @Nullable PodSight pod;
    private boolean missedOnce;

    Sightings(String jobUid) {
        this.jobUid = jobUid;
    }

    @Nullable
    JobSight job() {
        return job;
    }

    @Nullable
    PodSight pod() {
        return pod;
    }

    boolean jobHasEnded() {
        return job != null && job.finished();
    }

    /** Whether the Job says that we have ended it. */
    boolean stoppedByUs() {
        return job != null && job.stopReason() != null;
    }

    /** Whether a Pod is another one than what was seen before. */
    boolean isAnother(PodSight sight) {
        return pod != null && !pod.uid().equals(sight.uid());
    }

    boolean isPod(String uid) {
        return pod != null && pod.uid().equals(uid);
    }

    /** Takes a sight of the Job. Tells whether it shows, for the first time, that the Job has ended. */
    boolean showsEnd(JobSight sight) {
        if (!sight.uid().equals(jobUid) || (job != null && job.finished())) {
            return false;
        }
        job = sight;
        return sight.finished();
    }

    /** Takes a sight of the Pod. Tells whether it is not older than the one before. */
    boolean isNews(PodSight sight) {
        if (pod != null && !isAnother(sight) && pod.over() && !sight.over()) {
            return false;
        }
        pod = sight;
        return true;
    }

    boolean isMissing(Set<String> uids, boolean podAwaited) {
        return !uids.contains(jobUid) || isPodMissing(uids, podAwaited);
    }

    boolean isPodMissing(Set<String> uids, boolean podAwaited) {
        return podAwaited && pod != null && !uids.contains(pod.uid());
    }

    /** Whether something is missing the second time in a row. */
    boolean isMissedTwice(boolean missing) {
        boolean twice = missing && missedOnce;
        missedOnce = missing;
        return twice;
    }
}
