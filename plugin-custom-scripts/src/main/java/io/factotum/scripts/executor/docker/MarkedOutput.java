package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import io.factotum.scripts.executor.OutputSink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Passes a container's output on to the sink, less the marker on standard error by which the wrapper says that the
 * script begins.
 *
 * <p>The engine keeps no order between the two streams, so output may come before the marker. That is no doubt about the
 * beginning, since the wrapper prints nothing to standard output; but in a log that has lost its head the marker may
 * never come, and what is there must then not pass for the whole. So a log's output is held until the marker is seen.
 */
final class MarkedOutput implements Consumer<Frame> {

    /**
     * Far more than a wrapper ever says, and far less than what a log holds that has lost its head (see
     * {@link ContainerRecipe}).
     */
    private static final int WRAPPER_SAYS_LESS = 64 * 1024;

    private static final int HOLD_LIMIT = 1 << 20;

    // Without an end of line: what follows may be the rest of a line, and must not pass for a whole one.
    private static final byte[] HEAD_LOST =
            "[the engine's log no longer has what was printed before this] ".getBytes(StandardCharsets.UTF_8);

    private final Context context;
    private final OutputSink sink;
    private final byte[] marker;
    private final boolean headMayBeLost;
    private final Promise<Void> begun = Promise.promise();
    private final ByteArrayOutputStream heldOut = new ByteArrayOutputStream();
    private final ByteArrayOutputStream heldErr = new ByteArrayOutputStream();
    private boolean hasBegun;
    private boolean passing;
    private boolean detached;
    private long bytes;

    /** Of a log if its head may be lost, else of a stream that has been open since before the start. */
    MarkedOutput(Context context, OutputSink sink, String marker, boolean headMayBeLost) {
        this.context = context;
        this.sink = sink;
        this.marker = (marker + "\n").getBytes(StandardCharsets.UTF_8);
        this.headMayBeLost = headMayBeLost;
    }

    /** Completes when the script has begun. */
    Future<Void> begun() {
        return begun.future();
    }

    /** Whether what has come so far shows that the script has begun. */
    synchronized boolean hasBegun() {
        return hasBegun;
    }

    /** What the wrapper said, if the script has not begun. */
    synchronized String wrapperWords() {
        return heldErr.toString(StandardCharsets.UTF_8).strip();
    }

    /** How many bytes have come. */
    synchronized long bytes() {
        return bytes;
    }

    /** No more comes: without a marker until now, what is held is the output of a script whose log lost its head. */
    synchronized void end() {
        if (!passing && !detached) {
            passWithoutHead();
        }
    }

    /** From its return on nothing reaches the sink from here. */
    synchronized void detach() {
        detached = true;
    }

    @Override
    public synchronized void accept(Frame frame) {
        if (detached) {
            return;
        }
        byte[] payload = frame.getPayload();
        bytes += payload.length;
        if (frame.getStreamType() == StreamType.STDERR) {
            stderr(payload);
        } else {
            stdout(payload);
        }
    }

    private void stdout(byte[] payload) {
        begin();
        if (passing || !headMayBeLost) {
            sink.stdout(payload, 0, payload.length);
        } else {
            heldOut.writeBytes(payload);
            passIfTooMuch();
        }
    }

    private void stderr(byte[] payload) {
        if (passing) {
            sink.stderr(payload, 0, payload.length);
            return;
        }
        heldErr.writeBytes(payload);
        byte[] held = heldErr.toByteArray();
        int at = indexOfMarker(held);
        if (at >= 0) {
            begin();
            passing = true;
            pass(held, 0, at);
            pass(held, at + marker.length, held.length);
            passHeldOut();
        } else {
            passIfTooMuch();
        }
    }

    private void passIfTooMuch() {
        if (heldErr.size() > WRAPPER_SAYS_LESS || heldOut.size() > HOLD_LIMIT) {
            passWithoutHead();
        }
    }

    private void passWithoutHead() {
        begin();
        passing = true;
        byte[] held = heldErr.toByteArray();
        if (headMayBeLost) {
            sink.headLost(HEAD_LOST);
        }
        pass(held, 0, held.length);
        passHeldOut();
    }

    private void pass(byte[] stderr, int from, int to) {
        if (from < to) {
            sink.stderr(stderr, from, to - from);
        }
    }

    private void passHeldOut() {
        if (heldOut.size() > 0) {
            sink.stdout(heldOut.toByteArray(), 0, heldOut.size());
        }
        heldOut.reset();
        heldErr.reset();
    }

    private void begin() {
        if (!hasBegun) {
            hasBegun = true;
            context.runOnContext(v -> begun.tryComplete());
        }
    }

    private int indexOfMarker(byte[] held) {
        for (int at = 0; at + marker.length <= held.length; at++) {
            if (startsWithMarker(held, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean startsWithMarker(byte[] held, int at) {
        for (int index = 0; index < marker.length; index++) {
            if (held[at + index] != marker[index]) {
                return false;
            }
        }
        return true;
    }
}
