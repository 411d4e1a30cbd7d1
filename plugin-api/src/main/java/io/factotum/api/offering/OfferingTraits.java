package io.factotum.api.offering;

import io.factotum.api.lifecycle.EventType;
import java.time.Duration;
import java.util.Set;

/**
 * What the host must know of an offering to schedule its runs.
 *
 * @param handled the events that have something to do; an order of another succeeds at once without a run
 * @param timeout how long one run may take
 * @param pullInterval from one pull to the next
 * @param idempotent the events that may be run again after their own failure
 */
public record OfferingTraits(
        Set<EventType> handled, Duration timeout, Duration pullInterval, Set<EventType> idempotent) {

    /** Copies the sets. */
    public OfferingTraits {
        handled = Set.copyOf(handled);
        idempotent = Set.copyOf(idempotent);
    }
}
