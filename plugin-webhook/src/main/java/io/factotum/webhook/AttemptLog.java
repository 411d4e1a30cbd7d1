package io.factotum.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.factotum.api.store.RunStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/**
 * Keeps, as the output of the run, what became of each attempt: what is told of it on standard error, what the endpoint
 * said on standard output. A further delivery of the run goes on where the one before ended.
 */
final class AttemptLog {

    /** Of the answer that settles the run: as much as one piece of output holds. */
    static final int WHOLE_BODY = 60_000;

    /** Of one that is followed by another attempt. */
    static final int BEGINNING = 1_000;

    /** After so much, attempts that settle nothing are no longer told. */
    private static final long MOST_BYTES = 256 * 1024L;

    private final RunStore runs;
    private final UUID run;
    private long seq;
    private long stdoutAt;
    private long stderrAt;

    AttemptLog(RunStore runs, UUID run) {
        this.runs = runs;
        this.run = run;
    }

    /** Finds the place to go on at. */
    Future<Void> open(LifecycleEvent event) {
        if (event.attempt() == 1) {
            return Future.succeededFuture();
        }
        return runs.storedOutput(run).map(stored -> {
            if (!stored.isEmpty()) {
                OutputSpan last = stored.get(stored.size() - 1);
                seq = last.seq();
                stdoutAt = last.stdoutEnd();
                stderrAt = last.stderrEnd();
            }
            return null;
        });
    }

    /** Of an attempt that is followed by another. */
    Future<Void> passing(String told, String said) {
        return stdoutAt + stderrAt < MOST_BYTES ? save(told, said, BEGINNING) : Future.succeededFuture();
    }

    /** Of what settles the run. */
    Future<Void> last(String told, String said) {
        return save(told, said, WHOLE_BODY);
    }

    private Future<Void> save(String told, String said, int most) {
        Buffer err = Buffer.buffer(beginning(told, WHOLE_BODY) + "\n");
        Buffer out = said.isBlank() ? Buffer.buffer() : Buffer.buffer(beginning(said, most) + "\n");
        // First what is told, then what was said.
        Buffer layout = Buffer.buffer()
                .appendUnsignedShort(0)
                .appendUnsignedShort(err.length())
                .appendUnsignedShort(out.length())
                .appendUnsignedShort(0);
        seq++;
        OutputChunk chunk = new OutputChunk(seq, stdoutAt, stderrAt, out, err, layout);
        stdoutAt = chunk.stdoutEnd();
        stderrAt = chunk.stderrEnd();
        // From the first on: what is stored of earlier attempts stays.
        return runs.saveOutput(run, new OutputUpdate(1, List.of(chunk), List.of(), List.of()));
    }

    /** No more than so many bytes of it, and where there are more a word about them. */
    private static String beginning(String text, int most) {
        String stripped = text.stripTrailing();
        byte[] bytes = stripped.getBytes(UTF_8);
        if (bytes.length <= most) {
            return stripped;
        }
        int end = most;
        while (end > 0 && (bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return "%s…\n[%d bytes more]".formatted(new String(bytes, 0, end, UTF_8), bytes.length - end);
    }
}
