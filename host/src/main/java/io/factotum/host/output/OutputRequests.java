package io.factotum.host.output;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.api.resource.JsonRecords;
import io.factotum.host.BusMessages;
import io.factotum.host.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers readers on the bus: see {@link LifecycleAddress#OUTPUT_READ}. */
public final class OutputRequests {

    private static final Logger LOG = LoggerFactory.getLogger(OutputRequests.class);

    private final OutputStore store;

    /** From that store. */
    public OutputRequests(OutputStore store) {
        this.store = store;
    }

    /** Begins to. */
    public void serve(Vertx vertx) {
        vertx.eventBus().consumer(LifecycleAddress.OUTPUT_READ, message -> answer(message)
                .onComplete(message::reply, failure -> message.reply(refused(failure))));
    }

    private Future<JsonObject> answer(Message<?> message) {
        return Future.succeededFuture(message).map(BusMessages::body).compose(body -> {
            Object after = body.getValue("after");
            return store.answer(
                    JsonRecords.parseUuid("run", String.valueOf(body.getValue("run"))),
                    after == null ? null : OutputPosition.parse(after.toString()));
        });
    }

    private static JsonObject refused(Throwable failure) {
        if (failure instanceof Refusal refusal) {
            return refusal.toReply();
        }
        if (failure instanceof IllegalArgumentException wrong) {
            return new Refusal(400, "invalid_request", String.valueOf(wrong.getMessage())).toReply();
        }
        LOG.warn("Cannot read output for a reader on the bus: {}", failure.getMessage());
        return new Refusal(503, "database_unavailable", "Cannot read the output now. Try again in some seconds.")
                .toReply();
    }
}
