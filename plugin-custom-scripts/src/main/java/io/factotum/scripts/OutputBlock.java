package io.factotum.scripts;

import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputSpan;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Some kilobytes of both streams in the order in which they came: what becomes one stored chunk. Not thread-safe. */
final class OutputBlock {

    static final int STREAMS = 2;

    private static final int FIRST_SIZE = 256;
    private static final int LENGTH_BYTES = 2;

    final long seq;
    private final int capacity;
    private final long[] at;
    private final int[] length = new int[STREAMS];
    private final byte[][] bytes = {new byte[0], new byte[0]};
    private final boolean[] dropped = new boolean[STREAMS];
    private byte[] layout = new byte[0];
    private int stretches;
    private int saved;
    private boolean closed;
    private boolean stored;

    /** Whether some of it may be in the database. */
    private boolean known;

    OutputBlock(long seq, long[] at, int capacity) {
        this.seq = seq;
        this.at = at.clone();
        this.capacity = capacity;
    }

    /** One whose bytes are in the database and nowhere else. */
    static OutputBlock stored(OutputSpan span) {
        OutputBlock block = new OutputBlock(span.seq(), new long[] {span.stdoutAt(), span.stderrAt()}, 0);
        block.length[0] = span.stdoutKept();
        block.length[1] = span.stderrKept();
        block.closed = true;
        block.stored = true;
        block.known = true;
        block.saved = block.content();
        return block;
    }

    /** Takes what fits, and says how many bytes that were. */
    int append(int stream, byte[] from, int offset, int count) {
        int fits = Math.min(count, capacity - content());
        if (fits > 0) {
            bytes[stream] = withRoom(bytes[stream], length[stream] + fits);
            System.arraycopy(from, offset, bytes[stream], length[stream], fits);
            length[stream] += fits;
            lengthen(stream, fits);
        }
        // Streams that change with every byte would make a layout larger than what it tells of.
        closed = content() >= capacity || layoutBytes() * 4 >= capacity;
        return fits;
    }

    private void lengthen(int stream, int count) {
        // Stretches go by turns, standard output first: an even number of them means it is its turn.
        boolean continues = stretches > 0 && (stretches - 1) % STREAMS == stream;
        if (!continues) {
            stretches += stretches % STREAMS == stream ? 1 : 2;
            if (stretches * LENGTH_BYTES > layout.length) {
                layout = Arrays.copyOf(layout, Math.max(2 * LENGTH_BYTES, layout.length * 2));
            }
        }
        int last = (stretches - 1) * LENGTH_BYTES;
        int longer = ((layout[last] & 0xff) << 8 | (layout[last + 1] & 0xff)) + count;
        layout[last] = (byte) (longer >> 8);
        layout[last + 1] = (byte) longer;
    }

    private byte[] withRoom(byte[] array, int needed) {
        return needed <= array.length
                ? array
                : Arrays.copyOf(array, Math.min(capacity, Math.max(needed, Math.max(FIRST_SIZE, array.length * 2))));
    }

    /** How many bytes of the stream came before it. */
    long at(int stream) {
        return at[stream];
    }

    /** How many bytes of the stream are kept of it. */
    int kept(int stream) {
        return dropped[stream] ? 0 : length[stream];
    }

    boolean isClosed() {
        return closed;
    }

    int layoutBytes() {
        return stretches * LENGTH_BYTES;
    }

    private int content() {
        return length[0] + length[1];
    }

    boolean isDirty() {
        return content() > saved && kept(0) + kept(1) > 0;
    }

    /** Leaves the bytes of that stream out from now on. True if they may be stored already. */
    boolean drop(int stream) {
        dropped[stream] = true;
        bytes[stream] = new byte[0];
        return known;
    }

    /** As it is now; it counts as saved unless {@link #notSaved()} is called. */
    OutputChunk toSave() {
        saved = content();
        known = true;
        return new OutputChunk(
                seq, at[0], at[1], part(0), part(1), Buffer.buffer(Arrays.copyOf(layout, layoutBytes())));
    }

    void notSaved() {
        if (!stored) {
            saved = 0;
        }
    }

    /** What is in the database as it will stay need not be kept here. */
    void saved() {
        if (closed && saved == content()) {
            stored = true;
            bytes[0] = new byte[0];
            bytes[1] = new byte[0];
            layout = new byte[0];
            stretches = 0;
        }
    }

    private @Nullable Buffer part(int stream) {
        return dropped[stream] ? null : Buffer.buffer(Arrays.copyOf(bytes[stream], length[stream]));
    }
}
