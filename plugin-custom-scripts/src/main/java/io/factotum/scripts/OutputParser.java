package io.factotum.scripts;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.resource.Component;
import io.factotum.scripts.executor.Exit;
import java.util.List;
import java.util.Optional;

/**
 * What a script's end and the last line of its stdout mean: pure, without trace. The messages are masked, the values
 * are as they were printed.
 */
final class OutputParser {

    private static final String BAD_OUTPUT = "bad_output";

    private final Quote quote;
    private final CreatedLine createdLine;
    private final PulledLine pulledLine;

    /**
     * For the scripts of one offering.
     *
     * @param components those of the offering
     * @param masker for what messages quote
     */
    OutputParser(List<Component> components, SecretMasker masker) {
        quote = new Quote(masker);
        createdLine = new CreatedLine(quote);
        pulledLine = new PulledLine(components, quote);
    }

    /**
     * The result.
     *
     * @param line the last line of stdout that is not blank, if there is one
     * @param lastWords what to quote of a script that failed; may be empty
     */
    LifecycleResult parse(EventType event, Exit exit, Optional<ResultLine.Line> lastLine, String lastWords) {
        // Blank in Unicode's sense, too.
        Optional<ResultLine.Line> line = lastLine.filter(l -> !l.text().isBlank());
        if (exit.reason() != Exit.Reason.EXITED || exit.code() != 0) {
            return failure(event, exit, line, lastWords);
        }
        return switch (event) {
            case CREATE -> line.map(l -> parse(event, l)).orElseGet(() -> LifecycleResult.created(null, null, null));
            case PULL -> line.map(l -> parse(event, l)).orElseGet(LifecycleResult::succeeded);
            case UPDATE, TERMINATE -> LifecycleResult.succeeded();
        };
    }

    private LifecycleResult parse(EventType event, ResultLine.Line line) {
        try {
            if (line.tooLong()) {
                throw new BadOutputException(
                        "the line has more than %d bytes. Expected a shorter one".formatted(ResultLine.MAX_BYTES));
            }
            return event == EventType.CREATE
                    ? createdLine.parse(line.text().strip())
                    : pulledLine.parse(line.text().strip());
        } catch (BadOutputException wrong) {
            return LifecycleResult.failed(
                    Outcome.FAILED,
                    BAD_OUTPUT,
                    "Cannot read the last line of the %s script's output '%s': %s."
                            .formatted(event.key(), quote.of(line.text().strip()), wrong.getMessage()));
        }
    }

    private LifecycleResult failure(EventType event, Exit exit, Optional<ResultLine.Line> line, String lastWords) {
        LifecycleResult failed = LifecycleResult.failed(
                outcome(exit.reason()), code(exit.reason()), message(event, exit) + lastWords(lastWords));
        if (event != EventType.CREATE) {
            return failed;
        }
        // Of a script that was stopped, a line without its end may be half an id.
        return line.filter(l -> l.ended() || exit.reason() == Exit.Reason.EXITED)
                .map(l -> parse(event, l))
                .filter(LifecycleResult::isSuccess)
                .map(failed::keeping)
                .orElse(failed);
    }

    private String lastWords(String lastWords) {
        return lastWords.isEmpty() ? "" : " Last it said: '%s'.".formatted(quote.of(lastWords));
    }

    private String message(EventType event, Exit exit) {
        String reason =
                switch (exit.reason()) {
                    case EXITED -> "it ended with exit code %d. See its output.".formatted(exit.code());
                    case OUT_OF_MEMORY ->
                        "it was killed because it used more memory than it may. Make it use less, or"
                                + " raise the offering's resources.memory.";
                    case TIMED_OUT ->
                        "its time was up, so it was stopped. Make it faster, or raise the offering's" + " timeout.";
                    case CANCELED -> "it was stopped because somebody asked for it.";
                    case ENGINE_FAULT -> "the engine that ran it failed or ended it. See the engine's log.";
                };
        boolean saysMore =
                exit.reason() != Exit.Reason.OUT_OF_MEMORY && !exit.message().isBlank();
        String more = saysMore ? " (%s)".formatted(quote.of(exit.message())) : "";
        return "Cannot finish the %s script: %s%s".formatted(event.key(), reason, more);
    }

    private static Outcome outcome(Exit.Reason reason) {
        return switch (reason) {
            case EXITED, OUT_OF_MEMORY, ENGINE_FAULT -> Outcome.FAILED;
            case TIMED_OUT -> Outcome.TIMED_OUT;
            case CANCELED -> Outcome.CANCELED;
        };
    }

    private static String code(Exit.Reason reason) {
        return reason == Exit.Reason.EXITED ? "script_failed" : reason.key();
    }
}
