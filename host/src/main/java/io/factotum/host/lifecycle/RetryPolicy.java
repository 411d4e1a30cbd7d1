package io.factotum.host.lifecycle;

import java.time.Duration;

/**
 * When a run is tried again.
 *
 * @param retryFor how long faults before a run has begun are retried, from its first claim
 * @param firstDelay before the second try; doubled for each further one
 * @param lastDelay the longest
 * @param failures how often an idempotent event may fail by itself before that counts
 */
public record RetryPolicy(Duration retryFor, Duration firstDelay, Duration lastDelay, int failures) {

    /** How long to wait after so many tries. */
    Duration delay(int tries) {
        Duration delay = firstDelay.multipliedBy(1L << Math.min(Math.max(tries, 1) - 1, 20));
        return delay.compareTo(lastDelay) > 0 ? lastDelay : delay;
    }
}
