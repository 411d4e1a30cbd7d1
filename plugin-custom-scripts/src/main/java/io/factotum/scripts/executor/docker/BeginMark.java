package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Optional;

/**
 * The line on standard error by which {@link ScriptWrapper} tells that it has all and the script begins.
 *
 * @param word what only the marks of this script have: nobody but the wrapper is told, and of two frames that two hosts
 *     have sent at once it tells which was taken
 */
record BeginMark(int from, int to, byte[] word) {

    static final int WORD_LENGTH = 32;

    private static final byte[] HEAD = "\u001efactotum ".getBytes(US_ASCII);
    private static final byte[] TAIL = " begins\n".getBytes(US_ASCII);

    static final int WORD_AT = HEAD.length;

    private static final int LENGTH = HEAD.length + WORD_LENGTH + TAIL.length;

    /** The first one. */
    static Optional<BeginMark> find(byte[] bytes) {
        for (int at = 0; at + LENGTH <= bytes.length; at++) {
            if (isAt(bytes, at)) {
                int word = at + HEAD.length;
                return Optional.of(new BeginMark(at, at + LENGTH, Arrays.copyOfRange(bytes, word, word + WORD_LENGTH)));
            }
        }
        return Optional.empty();
    }

    private static boolean isAt(byte[] bytes, int at) {
        int word = at + HEAD.length;
        int tail = word + WORD_LENGTH;
        if (!Arrays.equals(HEAD, 0, HEAD.length, bytes, at, word)
                || !Arrays.equals(TAIL, 0, TAIL.length, bytes, tail, tail + TAIL.length)) {
            return false;
        }
        for (int index = word; index < tail; index++) {
            if (!isHex(bytes[index])) {
                return false;
            }
        }
        return true;
    }

    static boolean isHex(byte character) {
        return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
    }
}
