package io.factotum.scripts;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the last line of a stream of bytes that is not blank, however the bytes are cut into pieces.
 *
 * <p>Holds one line, and no more than {@link #MAX_BYTES} of it. Not thread-safe.
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

    private final LineBuffer line = new LineBuffer();

    /** Whether the end of the line has come: the next byte that is not blank begins another. */
    private boolean ended;

    void append(byte[] bytes, int offset, int length) {
        int to = offset + length;
        int lastEnd = lastLineFeed(bytes, offset, to);
        if (lastEnd < 0) {
            goOn(bytes, offset, to);
            return;
        }
        completeLines(bytes, offset, lastEnd);
        goOn(bytes, lastEnd + 1, to);
    }

    void reset() {
        line.clear();
        ended = false;
    }

    /** The last line so far that is not blank. */
    Optional<Line> find() {
        return line.isBlank() ? Optional.empty() : Optional.of(line.toLine(ended));
    }

    /** How many bytes of it are held. */
    int size() {
        return line.kept;
    }

    private void goOn(byte[] bytes, int from, int to) {
        if (ended && isBlank(bytes, from, to)) {
            return;
        }
        if (ended) {
            reset();
        }
        line.append(bytes, from, to);
    }

    /** From the back: of the lines that end in this piece only the last one with something in it counts. */
    private void completeLines(byte[] bytes, int from, int lastEnd) {
        int end = lastEnd;
        int start = lastLineFeed(bytes, from, end);
        while (start >= 0) {
            if (!isBlank(bytes, start + 1, end)) {
                line.clear();
                line.append(bytes, start + 1, end);
                ended = true;
                return;
            }
            end = start;
            start = lastLineFeed(bytes, from, end);
        }
        goOn(bytes, from, end);
        ended = !line.isBlank();
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

        private static final int FIRST_BYTES = 256;
        private static final int SEGMENT_BYTES = 16 * 1024;

        /** Segments, so that a line that grows long is never held twice. */
        private final List<byte[]> segments = new ArrayList<>();

        private int kept;
        private int free;
        private long length;
        private byte last;

        void append(byte[] from, int start, int end) {
            int offset = length == 0 ? skipBlanks(from, start, end) : start;
            if (offset == end) {
                return;
            }
            length += end - offset;
            last = from[end - 1];
            int fits = Math.min(end - offset, MAX_BYTES - kept);
            while (fits > 0) {
                if (free == 0) {
                    free = segments.isEmpty() ? FIRST_BYTES : SEGMENT_BYTES;
                    segments.add(new byte[free]);
                }
                byte[] segment = segments.get(segments.size() - 1);
                int count = Math.min(fits, free);
                System.arraycopy(from, offset, segment, segment.length - free, count);
                offset += count;
                fits -= count;
                free -= count;
                kept += count;
            }
        }

        void clear() {
            if (!segments.isEmpty()) {
                segments.subList(1, segments.size()).clear();
                free = segments.get(0).length;
            }
            kept = 0;
            length = 0;
        }

        boolean isBlank() {
            return length == 0;
        }

        Line toLine(boolean ended) {
            boolean carriageReturn = ended && last == '\r';
            long bare = carriageReturn ? length - 1 : length;
            return new Line(
                    new String(bytes(), 0, (int) Math.min(bare, kept), StandardCharsets.UTF_8),
                    bare > MAX_BYTES,
                    ended);
        }

        private byte[] bytes() {
            byte[] bytes = new byte[kept];
            int at = 0;
            for (byte[] segment : segments) {
                int count = Math.min(segment.length, kept - at);
                System.arraycopy(segment, 0, bytes, at, count);
                at += count;
            }
            return bytes;
        }
    }
}
