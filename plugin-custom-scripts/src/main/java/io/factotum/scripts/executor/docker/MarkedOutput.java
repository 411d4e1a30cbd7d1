package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import io.factotum.scripts.executor.OutputSink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes a container's output on to the sink, less the marks by which the wrapper tells when the script begins and when it
 * has ended.
 *
 * <p>The engine keeps no order between the two streams, so output may come before the mark of the begin. That is no doubt
 * about the beginning, since the wrapper prints nothing to standard output before it; but in a log that has lost its head
 * that mark may never come, and what is there must then not pass for the whole. So a log's output is held until the mark is
 * seen. Of a stream that is open since the start only what may be a mark itself has to wait for the first.
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
    private final boolean headMayBeLost;
    private final Promise<Void> begun = Promise.promise();
    private final Promise<Integer> ended = Promise.promise();
    private final ByteArrayOutputStream heldOut = new ByteArrayOutputStream();
    private final ByteArrayOutputStream heldErr = new ByteArrayOutputStream();
    private final EndMark stdout;
    private final EndMark stderr;
    private @Nullable Instant begunAt;
    private boolean hasBegun;
    private boolean passing;
    private boolean detached;

    /** Of a log if its head may be lost, else of a stream that has been open since before the start. */
    MarkedOutput(Context context, OutputSink sink, boolean headMayBeLost) {
        this.context = context;
        this.sink = sink;
        this.headMayBeLost = headMayBeLost;
        this.stdout = new EndMark(sink::stdout);
        this.stderr = new EndMark(sink::stderr);
    }

    /** Completes when the script has begun. */
    Future<Void> begun() {
        return begun.future();
    }

    /** Completes with the script's exit code when all that it printed to either stream has been passed on. */
    Future<Integer> ended() {
        return ended.future();
    }

    /** Whether what has come so far shows that the script has begun. */
    synchronized boolean hasBegun() {
        return hasBegun;
    }

    /** When the script was sent, if the mark has come. */
    synchronized Optional<Instant> begunAt() {
        return Optional.ofNullable(begunAt);
    }

    /** The script's exit code, if both streams have told it. */
    synchronized OptionalInt code() {
        return stderr.code().isPresent() ? stdout.code() : OptionalInt.empty();
    }

    /** What the wrapper said, if the script has not begun. */
    synchronized String wrapperWords() {
        return heldErr.toString(StandardCharsets.UTF_8).strip();
    }

    /**
     * No more comes of a script that has begun: without a mark of that until now, what is held is the output of one whose
     * log lost its head.
     */
    synchronized void end() {
        if (!detached) {
            if (!passing) {
                passWithoutHead();
            }
            stdout.end();
            stderr.end();
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
        if (frame.getStreamType() == StreamType.STDERR) {
            stderr(payload);
        } else {
            stdout(payload);
        }
        tellEnd();
    }

    private void tellEnd() {
        OptionalInt code = code();
        if (code.isPresent() && !ended.future().isComplete()) {
            context.runOnContext(v -> ended.tryComplete(code.getAsInt()));
        }
    }

    private void stdout(byte[] payload) {
        if (passing || (!headMayBeLost && heldOut.size() == 0 && !mayHoldMark(payload))) {
            begin();
            stdout.accept(payload);
        } else {
            heldOut.writeBytes(payload);
            passIfTooMuch();
        }
    }

    private static boolean mayHoldMark(byte[] payload) {
        for (byte one : payload) {
            if (one == EndMark.FIRST) {
                return true;
            }
        }
        return false;
    }

    private void stderr(byte[] payload) {
        if (passing) {
            stderr.accept(payload);
            return;
        }
        heldErr.writeBytes(payload);
        Optional<BeginMark> mark = BeginMark.find(heldErr.toByteArray());
        if (mark.isPresent()) {
            passFrom(mark.get());
        } else {
            passIfTooMuch();
        }
    }

    private void passFrom(BeginMark mark) {
        begunAt = mark.time();
        stdout.expect(mark.word());
        stderr.expect(mark.word());
        byte[] held = heldErr.toByteArray();
        byte[] before = new byte[mark.from()];
        byte[] after = new byte[held.length - mark.to()];
        System.arraycopy(held, 0, before, 0, before.length);
        System.arraycopy(held, mark.to(), after, 0, after.length);
        begin();
        stderr.accept(before);
        stderr.accept(after);
        passHeld();
    }

    private void passIfTooMuch() {
        if (heldOut.size() > WRAPPER_SAYS_LESS) {
            begin();
        }
        if (heldErr.size() > WRAPPER_SAYS_LESS || heldOut.size() > HOLD_LIMIT) {
            passWithoutHead();
        }
    }

    private void passWithoutHead() {
        begin();
        if (headMayBeLost) {
            sink.headLost(HEAD_LOST);
        }
        stderr.accept(heldErr.toByteArray());
        passHeld();
    }

    private void passHeld() {
        passing = true;
        stdout.accept(heldOut.toByteArray());
        heldOut.reset();
        heldErr.reset();
    }

    private void begin() {
        if (!hasBegun) {
            hasBegun = true;
            context.runOnContext(v -> begun.tryComplete());
        }
    }
}
