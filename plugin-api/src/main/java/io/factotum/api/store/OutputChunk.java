package io.factotum.api.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of what a run has printed: some of each stream, and the order in which it came.
 *
 * @param seq its place among the pieces of the run; the same one again replaces what is stored under it
 * @param stdoutAt how many bytes of standard output came before it
 * @param stderrAt how many bytes of standard error came before it
 * @param stdout its bytes of standard output, masked; null if they are left out to keep to a limit
 * @param stderr likewise
 * @param layout lengths, each as two bytes, the high one first: of standard output and of standard error by turns,
 *     beginning with standard output
 */
public record OutputChunk(
        long seq,
        long stdoutAt,
        long stderrAt,
        @Nullable Buffer stdout,
        @Nullable Buffer stderr,
        Buffer layout) {

    /** The longest stretch of one stream that a layout can tell. */
    public static final int MAX_STRETCH = 0xffff;

    /** All that a run prints, for a handler that has no more than a few lines: standard output, then standard error. */
    public static OutputChunk of(String stdout, String stderr) {
        Buffer out = Buffer.buffer(stdout.getBytes(UTF_8));
        Buffer err = Buffer.buffer(stderr.getBytes(UTF_8));
        if (out.length() > MAX_STRETCH || err.length() > MAX_STRETCH) {
            throw new IllegalArgumentException(
                    "Cannot take an output of %d and %d bytes for one chunk. Expected at most %d each."
                            .formatted(out.length(), err.length(), MAX_STRETCH));
        }
        return new OutputChunk(
                1,
                0,
                0,
                out,
                err,
                Buffer.buffer().appendUnsignedShort(out.length()).appendUnsignedShort(err.length()));
    }

    /** How many bytes of standard output have come with it. */
    public long stdoutEnd() {
        return stdoutAt + printed(0);
    }

    /** How many bytes of standard error have come with it. */
    public long stderrEnd() {
        return stderrAt + printed(2);
    }

    private long printed(int first) {
        long length = 0;
        for (int i = first; i + 2 <= layout.length(); i += 4) {
            length += layout.getUnsignedShort(i);
        }
        return length;
    }
}
