package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import io.factotum.scripts.executor.OutputSink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Passes a container's output on to the sink, less the marker by which the wrapper says that the script begins.
 *
 * <p>What comes before the marker is the wrapper's own and is held back. If far more comes than a wrapper ever says, the
 * engine's log has lost its beginning, and the marker with it.
 */
final class MarkedOutput implements Consumer<Frame> {

    // Far above what a wrapper says, and far below what the kept part of a rotated log holds (see ContainerRecipe).
    private static final int HEAD_LIMIT = 64 * 1024;

    // Without an end of line: what follows may be the rest of a line, and must not pass for a whole one.
    private static final byte[] HEAD_LOST =
            "[the engine's log no longer has what was printed before this] ".getBytes(StandardCharsets.UTF_8);

    private final Context context;
    private final OutputSink sink;
    private final byte[] marker;
    private final Promise<Void> begun = Promise.promise();
    private final List<Frame> held = new ArrayList<>();
    private int heldBytes;
    private int matched;
    private boolean passing;
    private boolean strayed;
    private boolean detached;
    private long bytes;

    MarkedOutput(Context context, OutputSink sink, String marker) {
        this.context = context;
        this.sink = sink;
        this.marker = (marker + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Completes when the script has begun. */
    Future<Void> begun() {
        return begun.future();
    }

    /** Whether what has come so far shows that the script has begun. */
    synchronized boolean hasBegun() {
        return passing;
    }

    /** What the wrapper said, if the script has not begun. */
    synchronized String wrapperWords() {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        held.forEach(frame -> words.writeBytes(frame.getPayload()));
        return words.toString(StandardCharsets.UTF_8).strip();
    }

    /** Says that the script has begun although no marker came: what was held back is its output. */
    synchronized void beginUnmarked() {
        if (!passing && !detached) {
            beginWithoutHead();
        }
    }

    /** How many bytes have come. */
    synchronized long bytes() {
        return bytes;
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
        bytes += frame.getPayload().length;
        if (passing) {
            pass(frame.getStreamType(), frame.getPayload(), 0);
        } else {
            hold(frame);
        }
    }

    private void hold(Frame frame) {
        byte[] payload = frame.getPayload();
        int rest = strayed || frame.getStreamType() != StreamType.STDERR ? -1 : matchMarker(payload);
        if (matched == marker.length) {
            begin();
            pass(frame.getStreamType(), payload, rest);
            return;
        }
        strayed |= rest < 0;
        // The payload is the reader's buffer, which it fills anew.
        held.add(new Frame(frame.getStreamType(), payload.clone()));
        heldBytes += payload.length;
        if (heldBytes > HEAD_LIMIT) {
            beginWithoutHead();
        }
    }

    /** How many bytes of the payload belong to the marker; -1 if it is not the marker. */
    private int matchMarker(byte[] payload) {
        int index = 0;
        while (index < payload.length && matched < marker.length) {
            if (payload[index] != marker[matched]) {
                return -1;
            }
            index++;
            matched++;
        }
        return index;
    }

    private void beginWithoutHead() {
        begin();
        sink.stdout(HEAD_LOST, 0, HEAD_LOST.length);
        sink.stderr(HEAD_LOST, 0, HEAD_LOST.length);
        held.forEach(frame -> pass(frame.getStreamType(), frame.getPayload(), 0));
        held.clear();
    }

    private void begin() {
        passing = true;
        context.runOnContext(v -> begun.tryComplete());
    }

    private void pass(StreamType type, byte[] payload, int offset) {
        if (offset == payload.length) {
            return;
        }
        if (type == StreamType.STDERR) {
            sink.stderr(payload, offset, payload.length - offset);
        } else {
            sink.stdout(payload, offset, payload.length - offset);
        }
    }
}
