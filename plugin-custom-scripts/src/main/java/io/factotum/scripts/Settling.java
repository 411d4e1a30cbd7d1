package io.factotum.scripts;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Keeps what both streams print back for a moment: an engine reads them each by itself, so that a line on one may be heard
 * before the line on the other that declares a secret in it, though it was printed after that. Not thread-safe.
 */
final class Settling {

    /** Who prints more than this within the time is kept back by less of it. */
    static final int MOST = 32 * 1024;

    /** What a piece takes in memory besides its bytes. */
    private static final int PIECE_BYTES = 128;

    /** @param pass what is done with it once it has settled */
    private record Piece(int length, Runnable pass, long at) {}

    private final long time;
    private final LongSupplier nanoTime;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private int held;

    /** @param time how long; zero to keep nothing back */
    Settling(Duration time, LongSupplier nanoTime) {
        this.time = time.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Bytes go there once they have settled, in the order in which they came. */
    void append(MaskedStream.Output output, byte[] bytes, int offset, int length) {
        if (time == 0) {
            output.append(bytes, offset, length);
        } else if (length > 0) {
            byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
            add(length, () -> output.append(copy, 0, length));
        }
    }

    /** Something to be done once all that came before has been passed on. */
    void then(Runnable action) {
        if (pieces.isEmpty()) {
            action.run();
        } else {
            add(0, action);
        }
    }

    private void add(int length, Runnable pass) {
        Piece piece = new Piece(length + PIECE_BYTES, pass, nanoTime.getAsLong());
        pieces.add(piece);
        held += piece.length();
        while (held > MOST) {
            passOldest();
        }
    }

    /** Passes on what has been here for that time. */
    void passSettled() {
        long now = nanoTime.getAsLong();
        while (!pieces.isEmpty() && now - pieces.getFirst().at() >= time) {
            passOldest();
        }
    }

    /** Passes on everything. */
    void passAll() {
        while (!pieces.isEmpty()) {
            passOldest();
        }
    }

    /** Forgets what is held. */
    void reset() {
        pieces.clear();
        held = 0;
    }

    private void passOldest() {
        Piece oldest = pieces.removeFirst();
        held -= oldest.length();
        oldest.pass().run();
    }
}
