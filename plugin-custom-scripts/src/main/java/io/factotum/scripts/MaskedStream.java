package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Masks one stream of bytes, however it is cut into pieces, and passes it on. Holds back only what may still turn out
 * to be the beginning of a secret. Not thread-safe.
 */
final class MaskedStream {

    /** Where masked bytes go. */
    @FunctionalInterface
    interface Output {
        void append(byte[] bytes, int offset, int length);
    }

    private static final byte[] MASK = SecretMasker.MASK.getBytes(US_ASCII);

    private @Nullable PatternTrie trie;
    private final Output output;
    private int state = PatternTrie.ROOT;

    /** Read, and not yet passed on. */
    private byte[] held = new byte[0];

    private int heldLength;

    /** What is to be masked: starts and ends by turns, in order, none overlapping, counted from the first byte held. */
    private int[] spans = new int[16];

    private int spanEnd;

    /** Whether the first span's mask was passed on already, with bytes that are gone. */
    private boolean shown;

    MaskedStream(@Nullable PatternTrie trie, Output output) {
        this.trie = trie;
        this.output = output;
    }

    void append(byte[] bytes, int offset, int length) {
        if (trie == null) {
            output.append(bytes, offset, length);
        } else if (heldLength == 0) {
            scan(trie, bytes, offset, offset, offset + length);
        } else {
            byte[] joined = Arrays.copyOf(held, heldLength + length);
            System.arraycopy(bytes, offset, joined, heldLength, length);
            scan(trie, joined, 0, heldLength, joined.length);
        }
    }

    /** Passes on what is held: nothing more comes. */
    void finish() {
        pass(held, 0, heldLength);
        reset();
    }

    /** From now on masks what that masker does, which masks all that was masked so far; also in what is held. */
    void use(@Nullable PatternTrie patterns) {
        byte[] again = Arrays.copyOf(held, heldLength);
        // What began before the first byte held cannot be found again.
        int hidden = spanEnd > 0 && spans[0] == 0 ? spans[1] : 0;
        state = PatternTrie.ROOT;
        heldLength = 0;
        spanEnd = 0;
        if (hidden > 0) {
            mark(0, hidden);
        }
        trie = patterns;
        if (patterns != null) {
            scan(patterns, again, 0, 0, again.length);
        } else {
            pass(again, 0, again.length);
        }
    }

    /** Forgets what is held. */
    void reset() {
        state = PatternTrie.ROOT;
        heldLength = 0;
        spanEnd = 0;
        shown = false;
    }

    /** The bytes from {@code start} are not passed on yet, those from {@code unread} not looked at. */
    private void scan(PatternTrie patterns, byte[] bytes, int start, int unread, int end) {
        int current = state;
        for (int i = unread; i < end; i++) {
            byte value = bytes[i];
            if (current == PatternTrie.ROOT && patterns.staysAtRoot(value)) {
                continue;
            }
            current = patterns.next(current, value);
            int matched = patterns.matched(current);
            if (matched > 0) {
                mark(i + 1 - start - matched, i + 1 - start);
            }
        }
        state = current;
        int keepFrom = end - patterns.depth(current);
        pass(bytes, start, keepFrom);
        hold(bytes, keepFrom, end);
    }

    private void mark(int from, int to) {
        int start = from;
        int end = to;
        while (spanEnd > 0 && spans[spanEnd - 1] > start) {
            start = Math.min(start, spans[spanEnd - 2]);
            end = Math.max(end, spans[spanEnd - 1]);
            spanEnd -= 2;
        }
        if (spanEnd + 2 > spans.length) {
            spans = Arrays.copyOf(spans, spans.length * 2);
        }
        spans[spanEnd++] = start;
        spans[spanEnd++] = end;
    }

    /** Passes on up to {@code end}; spans are counted from there afterwards. */
    private void pass(byte[] bytes, int start, int end) {
        int length = end - start;
        int done = 0;
        int next = 0;
        while (next < spanEnd && spans[next] < length) {
            output.append(bytes, start + done, spans[next] - done);
            if (!shown) {
                output.append(MASK, 0, MASK.length);
            }
            shown = spans[next + 1] > length;
            done = Math.min(spans[next + 1], length);
            if (shown) {
                break;
            }
            next += 2;
        }
        output.append(bytes, start + done, length - done);
        int left = 0;
        for (int i = next; i < spanEnd; i++) {
            spans[left++] = Math.max(0, spans[i] - length);
        }
        spanEnd = left;
    }

    private void hold(byte[] bytes, int from, int to) {
        heldLength = to - from;
        if (heldLength > held.length) {
            held = new byte[Math.max(heldLength, held.length * 2)];
        }
        System.arraycopy(bytes, from, held, 0, heldLength);
    }
}
