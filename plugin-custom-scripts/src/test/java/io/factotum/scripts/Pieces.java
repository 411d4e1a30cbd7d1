package io.factotum.scripts;

import java.util.Random;

/** Hands bytes over in pieces, as an engine does. */
final class Pieces {

    private Pieces() {}

    /** In pieces of random lengths, each out of an array with other bytes around it. */
    static void random(Random random, byte[] bytes, int longest, MaskedStream.Output to) {
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, random.nextInt(longest + 1));
            byte[] frame = new byte[length + 2];
            random.nextBytes(frame);
            System.arraycopy(bytes, at, frame, 1, length);
            to.append(frame, 1, length);
            at += length;
        }
    }
}
