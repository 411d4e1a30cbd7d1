package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The line on standard error by which {@link ScriptWrapper} tells that it has all and the script begins.
 *
 * @param word what only the marks of this script have: nobody but the wrapper is told, and of two frames that two hosts
 *     have sent at once it tells which was taken
 * @param time when the frame was sent: a container may have waited for it for long
 */
record BeginMark(int from, int to, byte[] word, Instant time) {

    static final int WORD_LENGTH = 32;

    private static final byte[] HEAD = "\u001efactotum ".getBytes(US_ASCII);
    private static final byte[] TAIL = " begins ".getBytes(US_ASCII);

    static final int WORD_AT = HEAD.length;

    private static final int MOST_DIGITS = 18;

    /** The first one. */
    static Optional<BeginMark> find(byte[] bytes) {
        for (int at = 0; at + WORD_AT + WORD_LENGTH + TAIL.length < bytes.length; at++) {
            if (isAt(bytes, at)) {
                int time = at + WORD_AT + WORD_LENGTH + TAIL.length;
                int end = endOfDigits(bytes, time);
                if (end > time && end < bytes.length && bytes[end] == '\n') {
                    byte[] word = Arrays.copyOfRange(bytes, at + WORD_AT, at + WORD_AT + WORD_LENGTH);
                    long millis = Long.parseLong(new String(bytes, time, end - time, US_ASCII));
                    return Optional.of(new BeginMark(at, end + 1, word, Instant.ofEpochMilli(millis)));
                }
            }
        }
        return Optional.empty();
    }

    private static int endOfDigits(byte[] bytes, int from) {
        int end = from;
        while (end < bytes.length && end - from < MOST_DIGITS && bytes[end] >= '0' && bytes[end] <= '9') {
            end++;
        }
        return end;
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
