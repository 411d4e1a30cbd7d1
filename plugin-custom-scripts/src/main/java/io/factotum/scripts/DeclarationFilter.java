package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Takes the lines by which a script declares a value secret, {@code ::add-mask::value}, out of one stream of bytes,
 * however it is cut into pieces, and passes on the rest. Holds back only what may still become such a line. Not
 * thread-safe.
 */
final class DeclarationFilter {

    /** Of a line that declares; percent-encoding takes three bytes for one. */
    static final int MAX_LINE = 16 * 1024;

    static final int MAX_BLANKS = 64;

    private static final byte[] COMMAND = "::add-mask::".getBytes(US_ASCII);

    private enum State {
        LINE_START,
        PASSING,
        DECLARING
    }

    private final MaskedStream.Output output;
    private final Consumer<String> declared;
    private State state = State.LINE_START;
    private byte[] held = new byte[0];
    private int heldLength;
    private int blanks;

    /**
     * For one stream.
     *
     * @param declared takes each declared value, decoded; one that is longer than {@link #MAX_LINE} is cut there
     */
    DeclarationFilter(MaskedStream.Output output, Consumer<String> declared) {
        this.output = output;
        this.declared = declared;
    }

    void append(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int passed = offset;
        int at = offset;
        while (at < end) {
            if (state == State.PASSING) {
                at = afterLineFeed(bytes, at, end);
                state = bytes[at - 1] == '\n' ? State.LINE_START : State.PASSING;
            } else if (state == State.DECLARING) {
                int next = afterLineFeed(bytes, at, end);
                boolean ended = bytes[next - 1] == '\n';
                hold(bytes, at, ended ? next - 1 : next);
                if (ended) {
                    declare();
                }
                at = next;
                passed = next;
            } else if (heldLength == 0 && !mayBegin(bytes[at])) {
                state = State.PASSING;
            } else {
                output.append(bytes, passed, at - passed);
                hold(bytes, at, at + 1);
                passed = ++at;
                decide(bytes[at - 1]);
            }
        }
        output.append(bytes, passed, end - passed);
    }

    /** Nothing more comes: a line without its end counts. */
    void finish() {
        if (state == State.DECLARING) {
            declare();
        } else {
            passHeld();
        }
        reset();
    }

    /** Forgets what is held. */
    void reset() {
        state = State.LINE_START;
        heldLength = 0;
        blanks = 0;
    }

    private static boolean mayBegin(byte value) {
        return value == ':' || isBlank(value);
    }

    private static boolean isBlank(byte value) {
        return value == ' ' || value == '\t' || value == '\r';
    }

    /** Whether the line whose beginning is held declares something: yes, no, or not known yet. */
    private void decide(byte last) {
        int matched = heldLength - blanks;
        if (matched == 1 && isBlank(last)) {
            blanks++;
            if (blanks > MAX_BLANKS) {
                passHeld();
                state = State.PASSING;
            }
        } else if (last != COMMAND[matched - 1]) {
            passHeld();
            state = last == '\n' ? State.LINE_START : State.PASSING;
        } else if (matched == COMMAND.length) {
            heldLength = 0;
            state = State.DECLARING;
        }
    }

    private void passHeld() {
        int length = heldLength;
        heldLength = 0;
        blanks = 0;
        output.append(held, 0, length);
    }

    private void declare() {
        String value = new String(held, 0, heldLength, UTF_8).stripTrailing();
        reset();
        // In this order: what an encoded percent sign stands before is not decoded again.
        declared.accept(value.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%"));
    }

    private void hold(byte[] bytes, int from, int to) {
        int count = Math.min(to - from, MAX_LINE - heldLength);
        if (heldLength + count > held.length) {
            held = Arrays.copyOf(held, Math.max(heldLength + count, Math.min(MAX_LINE, held.length * 2 + 16)));
        }
        System.arraycopy(bytes, from, held, heldLength, count);
        heldLength += count;
    }

    private static int afterLineFeed(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != '\n') {
            at++;
        }
        return Math.min(end, at + 1);
    }
}
