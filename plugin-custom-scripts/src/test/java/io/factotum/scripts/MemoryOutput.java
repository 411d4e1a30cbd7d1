package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a store has of one run's output. */
final class MemoryOutput {

    private final TreeMap<Long, OutputChunk> chunks = new TreeMap<>();

    /** Both streams as far as they are kept; {@code <n>} stands for n bytes that are left out. */
    record Text(String stdout, String stderr) {}

    synchronized void apply(OutputUpdate update) {
        chunks.headMap(update.firstSeq()).clear();
        update.withoutStdout()
                .forEach(seq -> chunks.computeIfPresent(
                        seq,
                        (key, c) -> new OutputChunk(key, c.stdoutAt(), c.stderrAt(), null, c.stderr(), c.layout())));
        update.withoutStderr()
                .forEach(seq -> chunks.computeIfPresent(
                        seq,
                        (key, c) -> new OutputChunk(key, c.stdoutAt(), c.stderrAt(), c.stdout(), null, c.layout())));
        update.chunks().forEach(chunk -> chunks.put(chunk.seq(), chunk));
        chunks.values().removeIf(chunk -> length(chunk.stdout()) + length(chunk.stderr()) == 0);
    }

    /** Takes all that the output has to be stored, as a run does at its end. */
    MemoryOutput takeAll(RunOutput output) {
        OutputUpdate update = output.toSave();
        while (!update.isEmpty()) {
            apply(update);
            output.saved();
            update = output.toSave();
        }
        return this;
    }

    synchronized Text text() {
        return new Text(text(true), text(false));
    }

    private String text(boolean stdout) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        long at = chunks.isEmpty() ? 0 : stdout ? first().stdoutAt() : first().stderrAt();
        for (OutputChunk chunk : chunks.values()) {
            Buffer bytes = stdout ? chunk.stdout() : chunk.stderr();
            long from = stdout ? chunk.stdoutAt() : chunk.stderrAt();
            if (bytes != null) {
                gap(from - at, text);
                text.writeBytes(bytes.getBytes());
                at = from + bytes.length();
            }
        }
        gap(
                (chunks.isEmpty()
                                ? 0
                                : stdout
                                        ? chunks.lastEntry().getValue().stdoutEnd()
                                        : chunks.lastEntry().getValue().stderrEnd())
                        - at,
                text);
        return text.toString(UTF_8);
    }

    private OutputChunk first() {
        return chunks.firstEntry().getValue();
    }

    private static void gap(long bytes, ByteArrayOutputStream text) {
        if (bytes != 0) {
            text.writeBytes("<%d>".formatted(bytes).getBytes(UTF_8));
        }
    }

    /** In the order in which it was printed, each stretch with O: or E: before it. */
    synchronized String inOrder() {
        StringBuilder text = new StringBuilder();
        for (OutputChunk chunk : chunks.values()) {
            int[] at = new int[2];
            for (int i = 0; i < chunk.layout().length(); i += 2) {
                int stream = i / 2 % 2;
                int length = chunk.layout().getUnsignedShort(i);
                Buffer bytes = stream == 0 ? chunk.stdout() : chunk.stderr();
                if (bytes != null && length > 0) {
                    text.append(stream == 0 ? "O:" : "E:").append(bytes.getString(at[stream], at[stream] + length));
                }
                at[stream] += length;
            }
        }
        return text.toString();
    }

    synchronized long bytes() {
        return chunks.values().stream()
                .mapToLong(c -> length(c.stdout()) + length(c.stderr()))
                .sum();
    }

    synchronized Map<Long, OutputChunk> chunks() {
        return Map.copyOf(chunks);
    }

    synchronized List<OutputSpan> spans() {
        return chunks.values().stream()
                .map(c -> new OutputSpan(
                        c.seq(),
                        c.stdoutAt(),
                        c.stdoutEnd(),
                        length(c.stdout()),
                        c.stderrAt(),
                        c.stderrEnd(),
                        length(c.stderr())))
                .toList();
    }

    private static int length(@Nullable Buffer bytes) {
        return bytes == null ? 0 : bytes.length();
    }
}
