package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes a pod's log apart into standard output and standard error, see {@link PodWrapper}. Not more than one frame and one
 * read's bytes are held. Called by one thread at a time.
 */
final class LogDemux {

    /** No frame is longer; what is, is none. */
    private static final int LONGEST = 4096;

    private static final int BLOCK = 16 * 1024;

    /** Far more than the wrapper ever says before the script begins. */
    private static final int WRAPPER_SAYS_LESS = 64 * 1024;

    // Without an end of line: what follows may be the rest of a line, and must not pass for a whole one.
    private static final byte[] HEAD_LOST =
            "[the node's log was rotated: what was printed before this may be missing, or come again] "
                    .getBytes(StandardCharsets.UTF_8);

    private final byte[] mark;
    private final OutputSink sink;
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream(0);
    private final ByteArrayOutputStream beforeBegin = new ByteArrayOutputStream(0);
    private int matched;
    private boolean inFrame;
    private boolean begun;
    private @Nullable Integer end;

    LogDemux(UUID runId, OutputSink sink) {
        this.mark = PodWrapper.mark(runId).getBytes(StandardCharsets.UTF_8);
        this.sink = sink;
    }

    /** Whether the mark of the script's beginning has come. */
    boolean hasBegun() {
        return begun;
    }

    /** The exit code that the mark of the end tells; empty if it has not come. What is printed could forge it. */
    OptionalInt end() {
        return end == null ? OptionalInt.empty() : OptionalInt.of(end);
    }

    /** What came before the script began: the wrapper's own words. */
    String wrapperWords() {
        return beforeBegin.toString(StandardCharsets.UTF_8).strip();
    }

    /** The log goes on elsewhere than it broke off: something is missing, or comes again. */
    void gap() {
        finish();
        headIsLost();
    }

    /** What has come is not the beginning: all of it is the script's. */
    void headIsLost() {
        begun = true;
        sink.stdout(HEAD_LOST, 0, HEAD_LOST.length);
        sink.stderr(HEAD_LOST, 0, HEAD_LOST.length);
        sink.stdout(beforeBegin.toByteArray(), 0, beforeBegin.size());
        beforeBegin.reset();
    }

    void accept(ByteBuffer bytes) {
        byte[] block = new byte[Math.min(BLOCK, bytes.remaining())];
        while (bytes.hasRemaining()) {
            int length = Math.min(block.length, bytes.remaining());
            bytes.get(block, 0, length);
            accept(block, length);
        }
    }

    /** No more comes: what is held and turned out to be no frame is output. */
    void finish() {
        if (inFrame) {
            // Cut off in the midst of a frame: a piece of standard error, if it says so.
            endFrame();
        } else if (matched > 0) {
            stdout(mark, 0, matched);
        }
        matched = 0;
        inFrame = false;
    }

    private void accept(byte[] bytes, int length) {
        int from = 0;
        int at = 0;
        while (at < length) {
            byte value = bytes[at];
            if (inFrame) {
                at++;
                from = at;
                if (value == '\n') {
                    endFrame();
                } else if (frame.size() < LONGEST) {
                    frame.write(value);
                }
            } else if (value == mark[matched]) {
                if (matched == 0) {
                    stdout(bytes, from, at - from);
                }
                matched++;
                at++;
                from = at;
                if (matched == mark.length) {
                    matched = 0;
                    inFrame = true;
                }
            } else if (matched > 0) {
                // The mark's first character is nowhere else in it: what matched is output, and this byte is looked at
                // anew.
                stdout(mark, 0, matched);
                matched = 0;
                from = at;
            } else {
                at++;
            }
        }
        if (!inFrame && matched == 0) {
            stdout(bytes, from, length - from);
        }
    }

    private void endFrame() {
        inFrame = false;
        byte[] content = frame.toByteArray();
        frame.reset();
        if (content.length == 0) {
            return;
        }
        if (!begun && content[0] != PodWrapper.BEGIN) {
            headIsLost();
        }
        switch (content[0]) {
            case PodWrapper.BEGIN -> begun = true;
            case PodWrapper.END -> end = code(content);
            case PodWrapper.LINE -> {
                byte[] line = Arrays.copyOf(content, content.length + 1);
                line[content.length] = '\n';
                sink.stderr(line, 1, line.length - 1);
            }
            default -> sink.stderr(content, 1, content.length - 1);
        }
    }

    private static @Nullable Integer code(byte[] content) {
        try {
            return Integer.valueOf(new String(content, 1, content.length - 1, StandardCharsets.US_ASCII));
        } catch (NumberFormatException notOurs) {
            return null;
        }
    }

    private void stdout(byte[] bytes, int from, int length) {
        if (length <= 0) {
            return;
        }
        if (!begun && beforeBegin.size() + length > WRAPPER_SAYS_LESS) {
            headIsLost();
        }
        if (begun) {
            sink.stdout(bytes, from, length);
        } else {
            beforeBegin.write(bytes, from, length);
        }
    }
}
