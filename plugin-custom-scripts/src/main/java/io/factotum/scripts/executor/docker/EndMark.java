package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Passes one stream of a container on up to the mark by which {@link ScriptWrapper} tells the script's end, and not the mark
 * itself. It holds back only what may be the begin of one.
 */
final class EndMark {

    /** The first byte of each mark. Text does not have it. */
    static final byte FIRST = 0x1e;

    private static final byte ANY = '?';
    private static final byte[] FORM =
            ("\u001efactotum " + "?".repeat(BeginMark.WORD_LENGTH) + " ends ").getBytes(US_ASCII);
    private static final int MOST_DIGITS = 3;

    /** Takes what is the script's; the array is the caller's again when the call returns. */
    interface Passing {
        void pass(byte[] bytes, int offset, int length);
    }

    private final Passing passing;
    private final byte[] form = FORM.clone();
    private final byte[] held = new byte[FORM.length + MOST_DIGITS + 1];
    private int holding;
    private boolean wordIsKnown;
    private @Nullable Integer code;

    EndMark(Passing passing) {
        this.passing = passing;
    }

    /**
     * Takes only a mark with this word for one, and nothing after it. Until then it can be any word, and then only the last
     * bytes of the stream are a mark.
     */
    void expect(byte[] word) {
        System.arraycopy(word, 0, form, BeginMark.WORD_AT, word.length);
        wordIsKnown = true;
    }

    /** The script's exit code, if the mark has come. */
    OptionalInt code() {
        return code == null ? OptionalInt.empty() : OptionalInt.of(code);
    }

    void accept(byte[] bytes) {
        int unpassed = 0;
        for (int at = 0; at < bytes.length && code == null; at++) {
            byte next = bytes[at];
            if (holding > 0 && !continues(next)) {
                passHeld();
                unpassed = at;
            }
            if (holding > 0) {
                hold(next);
            } else if (next == FIRST) {
                pass(bytes, unpassed, at);
                hold(next);
            }
        }
        if (holding == 0 && code == null) {
            pass(bytes, unpassed, bytes.length);
        }
    }

    /** No more comes. */
    void end() {
        if (isWhole()) {
            tell();
        } else {
            passHeld();
        }
    }

    private boolean continues(byte next) {
        if (holding < form.length) {
            return next == form[holding] || (form[holding] == ANY && BeginMark.isHex(next));
        }
        boolean digits = holding > form.length;
        return !isWhole() && (next == '\n' ? digits : isDigit(next) && holding < form.length + MOST_DIGITS);
    }

    private void hold(byte next) {
        held[holding++] = next;
        if (wordIsKnown && isWhole()) {
            tell();
        }
    }

    private boolean isWhole() {
        return holding > form.length && held[holding - 1] == '\n';
    }

    private void tell() {
        code = Integer.valueOf(new String(held, form.length, holding - form.length - 1, US_ASCII));
        holding = 0;
    }

    private void passHeld() {
        pass(held, 0, holding);
        holding = 0;
    }

    private void pass(byte[] bytes, int from, int to) {
        if (from < to) {
            passing.pass(bytes, from, to - from);
        }
    }

    private static boolean isDigit(byte next) {
        return next >= '0' && next <= '9';
    }
}
