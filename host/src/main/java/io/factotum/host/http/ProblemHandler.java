package io.factotum.host.http;

import io.factotum.host.Refusal;
import io.factotum.host.storage.InvalidCursorException;
import io.factotum.host.storage.PgErrors;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every failed request with a problem document that tells nothing of the inside. */
final class ProblemHandler implements Handler<RoutingContext> {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);
    private static final Duration DISCARDING = Duration.ofSeconds(2);

    private final int bodyLimit;

    ProblemHandler(int bodyLimit) {
        this.bodyLimit = bodyLimit;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        Throwable failure = context.failure();
        Problem known = known(failure, context.statusCode(), context.request().method());
        String instance = context.request().path();
        if (known == null) {
            String id = UUID.randomUUID().toString();
            LOG.error(
                    "Cannot answer a request id={} {} {}", id, context.request().method(), instance, failure);
            known = new Problem(
                    500,
                    "internal_error",
                    "Cannot answer the request: something went wrong inside the host. Its log tells what, under id '%s'."
                            .formatted(id));
            instance = "urn:uuid:" + id;
        }
        ApiResponse.problem(known, instance)
                .send(response)
                .onFailure(gone -> LOG.debug("Cannot send a problem document: {}", gone.getMessage()));
        if (known.status() == 413 && context.request().version() != HttpVersion.HTTP_2) {
            // Closing at once would take the answer from a client that still sends; never closing would read on and on.
            context.vertx().setTimer(DISCARDING.toMillis(), id -> context.request()
                    .connection()
                    .close());
        }
    }

    private @Nullable Problem known(@Nullable Throwable failure, int status, HttpMethod method) {
        if (failure instanceof ProblemException exception) {
            return exception.problem();
        }
        if (failure instanceof Refusal refusal) {
            return new Problem(
                    refusal.status(),
                    refusal.code(),
                    String.valueOf(refusal.getMessage()),
                    Problem.errors(refusal.faults()),
                    refusal.headers());
        }
        if (failure instanceof InvalidCursorException invalid) {
            return Problem.invalidRequest(
                    List.of(Problem.parameterError("cursor", String.valueOf(invalid.getMessage()))));
        }
        if (status == 413) {
            return new Problem(
                    413,
                    "too_large",
                    "Cannot accept the request: its body is larger than %d bytes (a plugin's jar: %d)."
                            .formatted(bodyLimit, AdminApi.UPLOAD_LIMIT));
        }
        if (status >= 400 && status < 500) {
            return new Problem(status, "bad_request", "Cannot accept the request: it is not well-formed HTTP.");
        }
        return failure == null ? null : ofDatabase(failure, method);
    }

    private static @Nullable Problem ofDatabase(Throwable failure, HttpMethod method) {
        if (PgErrors.isUnstorable(failure)) {
            return new Problem(
                    422,
                    "unstorable",
                    "Cannot store what was sent: a value in it is out of the range of what PostgreSQL stores.");
        }
        if (PgErrors.isTransient(failure)) {
            LOG.warn("Cannot answer a request now: {}", failure.getMessage());
            return new Problem(
                    503,
                    "database_unavailable",
                    method.equals(HttpMethod.GET)
                            ? "Cannot answer now: the database cannot be reached. Try again in some seconds."
                            : "Cannot answer now: the database cannot be reached, and whether anything was stored is not"
                                    + " known. Look, or send an order again with the same Idempotency-Key.",
                    List.of(),
                    Map.of("Retry-After", "2"));
        }
        return null;
    }
}
