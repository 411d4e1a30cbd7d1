package io.factotum.webhook;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;

/** The result of a run whose time was up before its endpoint answered for good. */
final class GivenUp {

    /** How far the requests came. */
    enum Reach {
        /** No request was ever sent. */
        NONE,
        /** One was sent that had no answer. */
        SENT,
        /** All that were sent were answered: come back later. */
        ANSWERED
    }

    private GivenUp() {}

    static LifecycleResult of(LifecycleEvent event, int attempts, Reach reach, String last) {
        String asked =
                "Cannot have the endpoint carry out the %s: gave up after %d attempt(s), as give_up_after of the offering says; last, %s"
                        .formatted(event.type().key(), attempts, last);
        return switch (reach) {
            case NONE -> failed("unreachable", asked + " No request has ever reached it: nothing was done.");
            case SENT -> failed("no_answer", asked + " Whether it has carried it out cannot be known: look there.");
            case ANSWERED -> failed("unavailable", asked);
        };
    }

    private static LifecycleResult failed(String code, String message) {
        return LifecycleResult.failed(Outcome.FAILED, code, message);
    }
}
