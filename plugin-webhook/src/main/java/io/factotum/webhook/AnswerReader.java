package io.factotum.webhook;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.resource.Component;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What an answer that is not to be asked for again means for the run: pure, without trace. */
final class AnswerReader {

    private static final int LONGEST_QUOTE = 300;

    private final EventType event;
    private final ResultReader results;

    /** For an event of a resource whose offering has these components. */
    AnswerReader(EventType event, List<Component> components) {
        this.event = event;
        this.results = new ResultReader(event, components);
    }

    LifecycleResult read(Answer answer) {
        if (answer.isSuccess()) {
            return success(answer);
        }
        if (answer.status() >= 400) {
            return failed(
                    "refused",
                    "The endpoint refuses the %s: %s%s".formatted(event.key(), answer.statusLine(), saying(answer)));
        }
        if (answer.status() >= 300) {
            String to = answer.location() == null ? "" : " to '%s'".formatted(quote(answer.location()));
            return failed(
                    "redirected",
                    "Cannot have the endpoint carry out the %s: it redirects%s (%s), and redirects are not followed. Give the offering the endpoint's own url."
                            .formatted(event.key(), to, answer.statusLine()));
        }
        return failed(
                "unexpected_status",
                "Cannot have the endpoint carry out the %s: it answers with status %s. Expected 200 or another of 2xx."
                        .formatted(event.key(), answer.statusLine()));
    }

    /** What an answer that is no success says of itself, to be put behind its status line. */
    static String saying(Answer answer) {
        String said = problemDetail(answer).orElse(answer.body().strip());
        return said.isEmpty() ? "." : ": '%s'.".formatted(quote(said));
    }

    private LifecycleResult success(Answer answer) {
        if (answer.tooLarge()) {
            return badAnswer(
                    answer,
                    "it is too large, and was not read to its end. See max-response of conf/plugins/webhook.yaml");
        }
        if (answer.body().isBlank()) {
            return LifecycleResult.succeeded();
        }
        JsonObject result;
        try {
            result = new JsonObject(answer.body());
        } catch (DecodeException | ClassCastException notAnObject) {
            String type =
                    answer.contentType() == null ? "no Content-Type" : "Content-Type " + quote(answer.contentType());
            return badAnswer(
                    answer,
                    "it is no JSON object (%s). Expected one with the result, or an empty answer".formatted(type));
        }
        try {
            return results.read(result);
        } catch (BadAnswerException wrong) {
            LifecycleResult failed = badAnswer(answer, String.valueOf(wrong.getMessage()));
            // What was made must be found again, whatever else is wrong.
            return event == EventType.PULL ? failed : failed.keeping(results.known(result));
        }
    }

    private LifecycleResult badAnswer(Answer answer, String reason) {
        return failed(
                "bad_answer",
                "Cannot use the endpoint's answer %s to the %s: %s. It begins with '%s'."
                        .formatted(answer.statusLine(), event.key(), reason, quote(answer.body())));
    }

    private static Optional<String> problemDetail(Answer answer) {
        String type = answer.contentType();
        if (type == null || !type.contains("json") || answer.tooLarge()) {
            return Optional.empty();
        }
        try {
            JsonObject problem = new JsonObject(answer.body());
            for (String member : List.of("detail", "message", "title")) {
                if (problem.getValue(member) instanceof String text && !text.isBlank()) {
                    return Optional.of(text.strip());
                }
            }
        } catch (DecodeException | ClassCastException notAnObject) {
            // Quoted as it is.
        }
        return Optional.empty();
    }

    /** One line of it, not too long, without characters that would not be seen or could not be stored. */
    private static String quote(String text) {
        String line = text.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "\uFFFD");
        return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "…";
    }

    private static LifecycleResult failed(String code, String message) {
        return LifecycleResult.failed(Outcome.FAILED, code, message);
    }
}
