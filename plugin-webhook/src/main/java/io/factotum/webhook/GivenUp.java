package io.factotum.webhook;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;

/** A run whose endpoint has not answered for good, and is not called again by this delivery. */
record GivenUp(LifecycleEvent event, Reach reach) {

    /** How far the requests came. */
    enum Reach {
        /** No request was ever sent, and there is time for further deliveries. */
        NONE_YET,
        /** No request was ever sent. */
        NONE,
        /** One was sent that had no answer. */
        SENT,
        /** All that were sent were answered: come back later. */
        ANSWERED
    }

    /** What follows from it. @param last what became of the last attempt, with a full stop */
    LifecycleResult result(int attempts, String last) {
        return switch (reach) {
            case NONE_YET ->
                LifecycleResult.failed(
                        Outcome.NOT_BEGUN,
                        "unreachable",
                        "Cannot reach the endpoint for the %s: %s"
                                .formatted(event.type().key(), last));
            case NONE ->
                failed("unreachable", gaveUp(attempts, last) + " No request has ever reached it: nothing was done.");
            case SENT ->
                failed(
                        "no_answer",
                        gaveUp(attempts, last) + " Whether it has carried it out cannot be known: look there.");
            case ANSWERED -> failed("unavailable", gaveUp(attempts, last));
        };
    }

    private String gaveUp(int attempts, String last) {
        return "Cannot have the endpoint carry out the %s: gave up after %d attempt(s), as give_up_after of the offering says; last, %s"
                .formatted(event.type().key(), attempts, last);
    }

    private static LifecycleResult failed(String code, String message) {
        return LifecycleResult.failed(Outcome.FAILED, code, message);
    }
}
