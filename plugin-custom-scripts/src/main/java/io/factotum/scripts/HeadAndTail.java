package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * The first and the last bytes of a stream: half of the limit each, so that a stream no longer than the limit is kept
 * whole. Not thread-safe.
 */
final class HeadAndTail {

    private static final int FIRST_SIZE = 1024;

    private final int headLimit;
    private final int tailLimit;
    private byte[] head = new byte[0];
    private int headLength;
    private byte[] tail = new byte[0];

    /** Of all bytes that went to the tail; those kept stand in a ring once there are more than fit. */
    private long tailTotal;

    HeadAndTail(int limit) {
        headLimit = limit / 2;
        tailLimit = limit - headLimit;
    }

    void append(byte[] bytes, int offset, int length) {
        int toHead = Math.min(length, headLimit - headLength);
        if (toHead > 0) {
            head = withRoom(head, headLength + toHead, headLimit);
            System.arraycopy(bytes, offset, head, headLength, toHead);
            headLength += toHead;
        }
        appendToTail(bytes, offset + toHead, length - toHead);
    }

    long total() {
        return headLength + tailTotal;
    }

    void clear() {
        head = new byte[0];
        headLength = 0;
        tail = new byte[0];
        tailTotal = 0;
    }

    /** As text, no more than so many bytes of it: head, a line that says what is left out, tail. */
    String render(int allowed) {
        if (total() <= allowed) {
            byte[] whole = Arrays.copyOf(head, headLength + (int) tailTotal);
            copyTail(whole, headLength, (int) tailTotal);
            return text(whole, 0, whole.length);
        }
        int headEnd = endOfCharacter(head, Math.min(headLength, allowed / 2));
        byte[] end = lastBytes(allowed - allowed / 2);
        int tailStart = startOfCharacter(end);
        String first = text(head, 0, headEnd);
        long leftOut = total() - headEnd - (end.length - tailStart);
        return first
                + (first.isEmpty() || first.endsWith("\n") ? "" : "\n")
                + "[... %d bytes left out ...]\n".formatted(leftOut)
                + text(end, tailStart, end.length);
    }

    private void appendToTail(byte[] bytes, int offset, int length) {
        int kept = Math.min(length, tailLimit);
        if (kept == 0) {
            return;
        }
        tail = withRoom(tail, (int) Math.min(tailLimit, tailTotal + length), tailLimit);
        tailTotal += length - kept;
        int from = offset + length - kept;
        int position = (int) (tailTotal % tailLimit);
        int untilEnd = Math.min(kept, tailLimit - position);
        System.arraycopy(bytes, from, tail, position, untilEnd);
        System.arraycopy(bytes, from + untilEnd, tail, 0, kept - untilEnd);
        tailTotal += kept;
    }

    /** Of a stream that is not longer than the limit, some may stand in the head. */
    private byte[] lastBytes(int length) {
        byte[] last = new byte[length];
        int fromTail = (int) Math.min(length, tailTotal);
        System.arraycopy(head, headLength - (length - fromTail), last, 0, length - fromTail);
        copyTail(last, length - fromTail, fromTail);
        return last;
    }

    private void copyTail(byte[] to, int at, int length) {
        if (length == 0) {
            return;
        }
        int position = (int) ((tailTotal - length) % tailLimit);
        int untilEnd = Math.min(length, tailLimit - position);
        System.arraycopy(tail, position, to, at, untilEnd);
        System.arraycopy(tail, 0, to, at + untilEnd, length - untilEnd);
    }

    private static byte[] withRoom(byte[] bytes, int needed, int limit) {
        return needed <= bytes.length
                ? bytes
                : Arrays.copyOf(
                        bytes, (int) Math.min(limit, Math.max(FIRST_SIZE, Math.max(needed, bytes.length * 2L))));
    }

    /** Where the last character that fits ends: one that the cut would break is left out. */
    private static int endOfCharacter(byte[] bytes, int cut) {
        for (int start = cut - 1; start >= Math.max(0, cut - 3); start--) {
            int lead = bytes[start] & 0xff;
            if (lead >= 0xc0) {
                int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
                return start + length > cut ? start : cut;
            }
            if (lead < 0x80) {
                return cut;
            }
        }
        return cut;
    }

    private static int startOfCharacter(byte[] bytes) {
        int start = 0;
        while (start < Math.min(3, bytes.length) && (bytes[start] & 0xc0) == 0x80) {
            start++;
        }
        return start;
    }

    /** PostgreSQL's text cannot hold NUL. */
    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, UTF_8).replace('\0', '\uFFFD');
    }
}
