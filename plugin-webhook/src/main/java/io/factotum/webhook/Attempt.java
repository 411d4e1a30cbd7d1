package io.factotum.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, within a time. Whatever comes late, after the time was up or it was broken off, is dropped.
 * On one context.
 */
final class Attempt {

    private static final int DEEPEST_CAUSE = 10;

    private final Vertx vertx;
    private final int maxResponse;
    private final SecretMask mask;
    private final Promise<Answer> answer = Promise.promise();
    private long timer = -1;
    private @Nullable HttpClientRequest request;
    private boolean sent;

    Attempt(Vertx vertx, int maxResponse, SecretMask mask) {
        this.vertx = vertx;
        this.maxResponse = maxResponse;
        this.mask = mask;
    }

    /**
     * Sends it.
     *
     * @param connection gives the request once there is a connection for it
     * @return fails with an {@link AttemptException}
     */
    Future<Answer> send(Future<HttpClientRequest> connection, Buffer body, Duration timeout) {
        timer = vertx.setTimer(
                Math.max(timeout.toMillis(), 1), up -> breakOff("there was no whole answer within " + timeout));
        connection.onSuccess(got -> send(got, body)).onFailure(this::fail);
        return answer.future();
    }

    /** Whether some of it may have reached the endpoint. */
    boolean sent() {
        return sent;
    }

    /** Ends it, wherever it is. */
    void breakOff(String reason) {
        fail(AttemptException.unanswered(reason, sent));
    }

    private void send(HttpClientRequest got, Buffer body) {
        request = got;
        if (answer.future().isComplete()) {
            got.reset();
            return;
        }
        sent = true;
        got.send(body).onSuccess(this::read).onFailure(this::fail);
    }

    private void read(HttpClientResponse response) {
        Buffer body = Buffer.buffer();
        response.exceptionHandler(this::fail);
        response.handler(piece -> {
            if (answer.future().isComplete()) {
                return;
            }
            int room = maxResponse - body.length();
            body.appendBuffer(piece, 0, Math.min(piece.length(), room));
            if (piece.length() > room) {
                end(answer(response, body, true));
                reset();
            }
        });
        response.endHandler(ended -> end(answer(response, body, false)));
    }

    private Answer answer(HttpClientResponse response, Buffer body, boolean tooLarge) {
        String text = body.toString(UTF_8);
        // Of a secret that is cut in two, the first half would not be known for one.
        String whole = tooLarge ? text.substring(0, Math.max(0, text.length() - mask.longest())) : text;
        return new Answer(
                response.statusCode(),
                mask.mask(String.valueOf(response.statusMessage())),
                header(response, "Content-Type"),
                header(response, "Location"),
                header(response, "Retry-After"),
                mask.mask(whole),
                tooLarge);
    }

    private @Nullable String header(HttpClientResponse response, String name) {
        String value = response.getHeader(name);
        return value == null ? null : mask.mask(value);
    }

    private void end(Answer whole) {
        vertx.cancelTimer(timer);
        answer.tryComplete(whole);
    }

    private void fail(Throwable failure) {
        vertx.cancelTimer(timer);
        boolean first = answer.tryFail(
                failure instanceof AttemptException
                        ? failure
                        : AttemptException.unanswered(
                                (sent ? "the connection failed" : "cannot connect") + " (" + reason(failure) + ")",
                                sent));
        if (first) {
            reset();
        }
    }

    private void reset() {
        if (request != null) {
            // Of HTTP/1.1 this closes the connection: nothing more is read.
            request.reset();
        }
    }

    /** In the words of its first cause, too: of TLS only that tells what is wrong with a certificate. */
    private String reason(Throwable failure) {
        Throwable first = failure;
        for (int depth = 0; first.getCause() != null && depth < DEEPEST_CAUSE; depth++) {
            first = first.getCause();
        }
        String said = words(failure);
        return mask.mask(said.contains(words(first)) ? said : said + ": " + words(first));
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
