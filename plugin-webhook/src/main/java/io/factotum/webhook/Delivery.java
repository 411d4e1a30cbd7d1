package io.factotum.webhook;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.lifecycle.RunTrace;
import io.factotum.api.store.RunStore;
import io.factotum.api.store.StaleDeliveryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One delivery of a run: its endpoint is called until it answers for good or the time is up. On one context. */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);

    /**
     * What deliveries share.
     *
     * @param hold how long what never reached its endpoint is kept out of the queue
     */
    record Tools(
            Vertx vertx,
            Clock clock,
            RunStore runs,
            EndpointClient client,
            AttemptTimes times,
            Backoff backoff,
            Duration hold,
            RandomGenerator random) {}

    private final Tools tools;
    private final LifecycleEvent event;
    private final EndpointClient.Call call;
    private final Duration timeout;
    private final Duration giveUpAfter;
    private final AnswerReader reader;
    private final AttemptLog log;
    private final Promise<LifecycleResult> result = Promise.promise();
    private @Nullable Attempt underWay;
    private @Nullable Instant startedAt;
    private long timer = -1;
    private int attempts;
    private boolean sent;
    private boolean unknown;
    private boolean ended;

    /** @param settings of its offering */
    Delivery(Tools tools, LifecycleEvent event, EndpointClient.Call call, WebhookSettings settings) {
        this.tools = tools;
        this.event = event;
        this.call = call;
        this.timeout = settings.timeout();
        this.giveUpAfter = settings.traits().timeout();
        this.reader = new AnswerReader(event.type(), event.offering().components());
        this.log = new AttemptLog(tools.runs(), event.id());
    }

    /** Calls it. Fails with a {@link StaleDeliveryException} if another delivery counts. */
    Future<LifecycleResult> carryOut() {
        tools.runs()
                .begin(event, "webhook", "POST " + call.target().shown())
                .compose(begun -> log.open(event))
                .onSuccess(ready -> attempt())
                .onFailure(result::tryFail);
        return result.future();
    }

    /** Stops it, and tells what is known of how far it came. */
    void cancel() {
        if (ended) {
            return;
        }
        boolean maybe = maybeReached();
        String message = maybe
                ? "Canceled. The endpoint has been called and may have carried out the %s, or yet do so."
                        .formatted(event.type().key())
                : "Canceled before the endpoint was reached.";
        breakOff(message);
        settle(message, "", LifecycleResult.failed(Outcome.CANCELED, "canceled", message));
    }

    /** Stops it without a result: another delivery of the run will have one. */
    void abandon() {
        if (!ended) {
            breakOff("the plugin stops");
            result.tryFail(new StaleDeliveryException(event.id()));
        }
    }

    private void breakOff(String reason) {
        ended = true;
        tools.vertx().cancelTimer(timer);
        if (underWay != null) {
            underWay.breakOff(reason);
        }
    }

    private boolean maybeReached() {
        return sent || event.begun() || (underWay != null && underWay.sent());
    }

    private void attempt() {
        if (ended) {
            return;
        }
        if (startedAt == null) {
            startedAt = tools.clock().instant();
        }
        attempts++;
        Attempt attempt = tools.client().attempt(call);
        underWay = attempt;
        Instant begun = tools.clock().instant();
        tools.client()
                .send(attempt, call, attempts, timeOfAttempt())
                .onComplete(
                        answer -> guarded(() -> answered(answer, since(begun))),
                        failure -> guarded(() -> unanswered((AttemptException) failure, since(begun))));
    }

    /** A fault of ours must end the run, too: nobody else would. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException fault) {
            ended = true;
            result.tryFail(fault);
        }
    }

    private Duration since(Instant begun) {
        return Duration.between(begun, tools.clock().instant());
    }

    /** The first of a further delivery has all of its time, however late it is: an endpoint that has done it can tell. */
    private Duration timeOfAttempt() {
        Duration left = left();
        if ((attempts == 1 && event.begun()) || left.compareTo(timeout) > 0) {
            return timeout;
        }
        return left.compareTo(SHORTEST_ATTEMPT) > 0 ? left : SHORTEST_ATTEMPT;
    }

    private Duration left() {
        return Duration.between(tools.clock().instant(), event.deadline());
    }

    private void answered(Answer answer, Duration took) {
        if (ended) {
            return;
        }
        tools.times().answered(answer.status(), took);
        sent = true;
        String told = "%s answered %s after %d ms.".formatted(name(), answer.statusLine(), took.toMillis());
        if (answer.asksToComeBack()) {
            Optional<Duration> asked =
                    Backoff.retryAfter(answer.retryAfter(), tools.clock().instant());
            again(told, answer.body(), asked, "it answered " + answer.statusLine() + AnswerReader.saying(answer));
        } else {
            ended = true;
            settle(told, answer.body(), reader.read(answer));
        }
    }

    private void unanswered(AttemptException failure, Duration took) {
        if (ended) {
            return;
        }
        tools.times().unanswered(took);
        sent |= failure.sent();
        unknown |= failure.sent();
        String told = "%s had no answer: %s.".formatted(name(), failure.getMessage());
        if (failure.hopeless()) {
            ended = true;
            settle(
                    told,
                    "",
                    LifecycleResult.failed(
                            Outcome.FAILED,
                            "address_refused",
                            "Cannot call the endpoint: %s.".formatted(failure.getMessage())));
        } else {
            again(told, "", Optional.empty(), failure.getMessage() + ".");
        }
    }

    private String name() {
        return "Attempt %d, POST %s,".formatted(attempts, call.target().shown());
    }

    private void again(String told, String said, Optional<Duration> asked, String last) {
        Duration delay = tools.backoff().delay(attempts, asked, tools.random());
        if (delay.compareTo(room()) >= 0) {
            ended = true;
            settle(told + " It is not called again now.", said, givenUp().result(attempts, last));
            return;
        }
        warnOnFailure(log.passing("%s The next comes in %d ms.".formatted(told, delay.toMillis()), said));
        timer = tools.vertx().setTimer(Math.max(delay.toMillis(), 1), next -> attempt());
    }

    /** Until when it is called again from here. What never reached it waits in the queue, where it holds no slot. */
    private Duration room() {
        Duration left = left();
        Duration held = startedAt == null ? Duration.ZERO : since(startedAt);
        Duration leftToHold = tools.hold().minus(held);
        return maybeReached() || left.compareTo(leftToHold) < 0 ? left : leftToHold;
    }

    private GivenUp givenUp() {
        if (!maybeReached()) {
            return new GivenUp(event, mayWaitInQueue() ? GivenUp.Reach.NONE_YET : GivenUp.Reach.NONE);
        }
        // What became of an earlier delivery's requests is not known either.
        return new GivenUp(event, unknown || event.begun() ? GivenUp.Reach.SENT : GivenUp.Reach.ANSWERED);
    }

    /** It has been there once at least, however long it had to wait before. */
    private boolean mayWaitInQueue() {
        return event.attempt() == 1 || since(event.time()).compareTo(giveUpAfter) < 0;
    }

    private void settle(String told, String said, LifecycleResult settled) {
        underWay = null;
        LifecycleResult traced =
                settled.with(new RunTrace(null, null, startedAt, tools.clock().instant(), null));
        Future<Void> saved = log.last(told, said);
        warnOnFailure(saved);
        saved.onComplete(done -> result.tryComplete(traced));
    }

    private void warnOnFailure(Future<Void> saved) {
        saved.onFailure(
                failure -> LOG.warn("Cannot save the output of a run run={}: {}", event.id(), failure.getMessage()));
    }
}
