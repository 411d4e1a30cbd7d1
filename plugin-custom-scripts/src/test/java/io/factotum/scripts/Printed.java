package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.resource.Component;
import io.factotum.api.resource.Component.Billing;
import io.factotum.scripts.executor.Exit;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What scripts print, and what the parser makes of it, for an offering with three components. */
final class Printed {

    static final List<Component> COMPONENTS = List.of(
            new Component("cpu", "CPU", "hours", Billing.USAGE),
            new Component("storage", "Storage", "MB", Billing.LIMIT),
            new Component("support", "Support", "months", Billing.FIXED));
    static final Exit EXITED = exit(Exit.Reason.EXITED, 0);

    private Printed() {}

    static Exit exit(Exit.Reason reason, int code) {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        String words = reason == Exit.Reason.EXITED ? "" : "the engine's words";
        return new Exit(reason, code, start, start.plusSeconds(1), words);
    }

    static LifecycleResult create(String printed) {
        return parse(EventType.CREATE, EXITED, printed);
    }

    static LifecycleResult pull(String printed) {
        return parse(EventType.PULL, EXITED, printed);
    }

    static LifecycleResult parse(EventType event, Exit exit, String printed) {
        return parse(event, exit, printed.getBytes(UTF_8));
    }

    static LifecycleResult parse(EventType event, Exit exit, byte[] printed) {
        RunOutput output = output(1 << 20, SecretMasker.none());
        output.stdout(printed, 0, printed.length);
        return new OutputParser(COMPONENTS, SecretMasker.none())
                .parse(event, exit, output.resultLine(), output.lastWords());
    }

    static Optional<ResultLine.Line> line(byte[] printed) {
        ResultLine line = new ResultLine();
        line.append(printed, 0, printed.length);
        return line.find();
    }

    static String base64(JsonObject object) {
        return base64(object.encode());
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** One that keeps nothing back. */
    static RunOutput output(int limit, SecretMasker secrets) {
        return new RunOutput(limit, secrets, Duration.ZERO, System::nanoTime);
    }
}
