package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** The last few bytes of a stream. Not thread-safe. */
final class LastBytes {

    private final int most;
    /** Grows as it is needed: many scripts print nothing for long. */
    private byte[] bytes = {};

    private int length;

    LastBytes(int most) {
        this.most = most;
    }

    void append(byte[] from, int offset, int count) {
        int taken = Math.min(count, most);
        int staying = Math.min(length, most - taken);
        if (bytes.length < staying + taken) {
            bytes = Arrays.copyOf(bytes, Math.min(most, Math.max(staying + taken, bytes.length * 2)));
        }
        System.arraycopy(bytes, length - staying, bytes, 0, staying);
        System.arraycopy(from, offset + count - taken, bytes, staying, taken);
        length = staying + taken;
    }

    void clear() {
        length = 0;
    }

    /** The last line with something in it, or empty. */
    String lastLine() {
        int start = 0;
        // Of a character that was cut nothing is shown.
        while (start < Math.min(3, length) && (bytes[start] & 0xc0) == 0x80) {
            start++;
        }
        String text = new String(Arrays.copyOfRange(bytes, start, length), UTF_8)
                .replace('\0', '\uFFFD')
                .strip();
        return text.substring(text.lastIndexOf('\n') + 1).strip();
    }
}
