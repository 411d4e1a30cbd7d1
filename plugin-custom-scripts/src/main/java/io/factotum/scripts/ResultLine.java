package io.factotum.scripts;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the last line of a stream of bytes that is not blank, however the bytes are cut into pieces.
 *
 * <p>Holds two lines at most, and no more than {@link #MAX_BYTES} of each. Not thread-safe.
 */
final class ResultLine {

    /** The longest line that can be a result. */
    static final int MAX_BYTES = 1 << 20;

    /**
     * A line, without what ended it.
     *
     * @param text decoded as UTF-8; of a line that is too long, its beginning
     * @param tooLong whether it has more than {@link #MAX_BYTES}
     * @param ended whether an end of line came after it; if not, more of it may have been on its way
     */
    record Line(String text, boolean tooLong, boolean ended) {}

    private LineBuffer current = new LineBuffer();
    private LineBuffer candidate = new LineBuffer();

    void append(byte[] bytes, int offset, int length) {
        int to = offset + length;
        int lastEnd = lastLineFeed(bytes, offset, to);
        if (lastEnd < 0) {
            current.append(bytes, offset, to);
            return;
        }
        completeLines(bytes, offset, lastEnd);
        current.clear();
        current.append(bytes, lastEnd + 1, to);
    }

    void reset() {
        current = new LineBuffer();
        candidate = new LineBuffer();
    }

    /** The last line so far that is not blank. */
    Optional<Line> find() {
        if (!current.isBlank()) {
            return Optional.of(current.toLine(false));
        }
        return candidate.isBlank() ? Optional.empty() : Optional.of(candidate.toLine(true));
    }

    /** From the back: of the lines that end in this piece only the last one with something in it counts. */
    private void completeLines(byte[] bytes, int from, int lastEnd) {
        int end = lastEnd;
        int start = lastLineFeed(bytes, from, end);
        while (start >= 0) {
            if (!isBlank(bytes, start + 1, end)) {
                candidate.clear();
                candidate.append(bytes, start + 1, end);
                return;
            }
            end = start;
            start = lastLineFeed(bytes, from, end);
        }
        current.append(bytes, from, end);
        if (!current.isBlank()) {
            LineBuffer older = candidate;
            candidate = current;
            current = older;
        }
    }

    private static int lastLineFeed(byte[] bytes, int from, int to) {
        for (int i = to - 1; i >= from; i--) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static boolean isBlank(byte[] bytes, int from, int to) {
        return skipBlanks(bytes, from, to) == to;
    }

    private static int skipBlanks(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && (bytes[i] == ' ' || (bytes[i] >= '\t' && bytes[i] <= '\r'))) {
            i++;
        }
        return i;
    }

    /** One line from its first byte that is not blank; what is beyond the limit is counted only. */
    private static final class LineBuffer {

        private byte[] bytes = new byte[256];
        private int kept;
        private long length;
        private byte last;

        void append(byte[] from, int start, int end) {
            int offset = length == 0 ? skipBlanks(from, start, end) : start;
            if (offset == end) {
                return;
            }
            int fits = Math.min(end - offset, MAX_BYTES - kept);
            if (kept + fits > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(MAX_BYTES, Math.max(bytes.length * 2, kept + fits)));
            }
            System.arraycopy(from, offset, bytes, kept, fits);
            kept += fits;
            length += end - offset;
            last = from[end - 1];
        }

        void clear() {
            kept = 0;
            length = 0;
        }

        boolean isBlank() {
            return length == 0;
        }

        Line toLine(boolean ended) {
            boolean carriageReturn = ended && last == '\r';
            long bare = carriageReturn ? length - 1 : length;
            boolean tooLong = bare > MAX_BYTES;
            return new Line(new String(bytes, 0, (int) Math.min(bare, kept), StandardCharsets.UTF_8), tooLong, ended);
        }
    }
}
