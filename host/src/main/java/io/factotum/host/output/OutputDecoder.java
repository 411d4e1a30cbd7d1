package io.factotum.host.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.store.OutputChunk;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns stored chunks into text, from a position on: whole characters only, and a word where bytes are left out. */
final class OutputDecoder {

    private static final String[] NAMES = {"stdout", "stderr"};

    /** How much of each stream was read, also of a character whose rest is yet to come. */
    private final long[] at;

    private final Buffer[] begun = {Buffer.buffer(), Buffer.buffer()};
    private boolean fresh;

    /** From there on; from the beginning if null. */
    OutputDecoder(@Nullable OutputPosition after) {
        at = after == null ? new long[2] : new long[] {after.stdout(), after.stderr()};
        fresh = after == null;
    }

    OutputPosition read() {
        return new OutputPosition(at[0], at[1]);
    }

    OutputPosition shown() {
        return new OutputPosition(at[0] - begun[0].length(), at[1] - begun[1].length());
    }

    List<OutputEvent> events(List<OutputChunk> chunks) {
        List<OutputEvent> events = new ArrayList<>();
        for (OutputChunk chunk : chunks) {
            if (fresh) {
                // What was printed by an attempt before is not there, and not missing.
                at[0] = chunk.stdoutAt();
                at[1] = chunk.stderrAt();
                fresh = false;
            }
            add(chunk, events);
        }
        return events;
    }

    /** Nothing more comes: of a character without its rest there is something to show, too. */
    List<OutputEvent> finish() {
        List<OutputEvent> events = new ArrayList<>();
        for (int stream = 0; stream < 2; stream++) {
            if (begun[stream].length() > 0) {
                Buffer rest = begun[stream];
                begun[stream] = Buffer.buffer();
                show(stream, rest, events);
            }
        }
        return events;
    }

    private void add(OutputChunk chunk, List<OutputEvent> events) {
        long[] first = {chunk.stdoutAt(), chunk.stderrAt()};
        long[] from = first.clone();
        Buffer layout = chunk.layout();
        for (int i = 0; i + 2 <= layout.length(); i += 2) {
            int stream = i / 2 % 2;
            Buffer bytes = stream == 0 ? chunk.stdout() : chunk.stderr();
            long end = from[stream] + layout.getUnsignedShort(i);
            if (end > at[stream] && bytes != null) {
                long start = Math.max(from[stream], at[stream]);
                add(stream, start, bytes.slice((int) (start - first[stream]), (int) (end - first[stream])), events);
            }
            from[stream] = end;
        }
    }

    private void add(int stream, long start, Buffer bytes, List<OutputEvent> events) {
        Buffer text = begun[stream].copy().appendBuffer(bytes);
        if (start > at[stream]) {
            int rest = restOfCharacter(bytes);
            long leftOut = start - at[stream] + begun[stream].length() + rest;
            begun[stream] = Buffer.buffer();
            at[stream] = start + rest;
            events.add(new OutputEvent(NAMES[stream], "", leftOut, shown()));
            text = bytes.slice(rest, bytes.length());
        }
        int whole = wholeCharacters(text);
        at[stream] = start + bytes.length();
        begun[stream] = text.slice(whole, text.length()).copy();
        if (whole > 0) {
            show(stream, text.slice(0, whole), events);
        }
    }

    private void show(int stream, Buffer bytes, List<OutputEvent> events) {
        String text = bytes.toString(UTF_8).replace('\0', '\uFFFD');
        int last = events.size() - 1;
        if (last >= 0
                && events.get(last).leftOut() == 0
                && events.get(last).stream().equals(NAMES[stream])) {
            text = events.remove(last).text() + text;
        }
        events.add(new OutputEvent(NAMES[stream], text, 0, shown()));
    }

    /** Where a character ends that is whole: one whose rest may still come is left out. */
    private static int wholeCharacters(Buffer bytes) {
        int end = bytes.length();
        for (int start = end - 1; start >= Math.max(0, end - 3); start--) {
            int lead = bytes.getByte(start) & 0xff;
            if (lead >= 0xc0) {
                int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
                return start + length > end ? start : end;
            }
            if (lead < 0x80) {
                return end;
            }
        }
        return end;
    }

    private static int restOfCharacter(Buffer bytes) {
        int rest = 0;
        while (rest < Math.min(3, bytes.length()) && (bytes.getByte(rest) & 0xc0) == 0x80) {
            rest++;
        }
        return rest;
    }
}
