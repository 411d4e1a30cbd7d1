package io.factotum.host.lifecycle;

import io.factotum.host.Refusal;
import io.factotum.host.storage.PgErrors;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures as bus replies: a code and a message that a person can use. */
final class Replies {

    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private Replies() {}

    static JsonObject refused(Throwable failure) {
        if (failure instanceof Refusal refusal) {
            return refusal.toReply();
        }
        if (PgErrors.isTransient(failure)) {
            return new Refusal(
                            503,
                            "database_unavailable",
                            "Cannot reach the database now: whether the request was stored is not known."
                                    + " Send it again with the same idempotency key.")
                    .toReply();
        }
        LOG.error("Cannot answer a request on the bus", failure);
        return new Refusal(500, "internal_error", "Cannot answer: an error of the host's own; its log tells more.")
                .toReply();
    }
}
