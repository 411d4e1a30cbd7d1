package io.factotum.scripts;

import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * What is kept of a run's output, masked, in the order in which it was printed: the head of each stream, a quarter of the
 * limit, and of the rest the latest. The longer tail gives way first, so a stream with few words keeps them beside one
 * with many. Holds only what the database does not have yet. Not thread-safe.
 */
final class OutputLog {

    static final int STDOUT = 0;
    static final int STDERR = 1;

    private static final int BLOCK_BYTES = 16 * 1024;
    /** One save takes so many at most, so that what is on its way to the database stays small. */
    private static final int BLOCKS_AT_ONCE = 8;

    private final int most;
    private int limit;
    private final int headLimit;
    private final int blockBytes;
    private final Deque<OutputBlock> blocks = new ArrayDeque<>();
    private final List<List<Long>> droppedWhenStored = List.of(new ArrayList<>(), new ArrayList<>());

    /** Where the output of this script begins: after that of an earlier attempt. */
    private long[] base = new long[OutputBlock.STREAMS];

    private final long[] total = new long[OutputBlock.STREAMS];
    private final long[] tail = new long[OutputBlock.STREAMS];

    /** What comes once more and is there already. */
    private final long[] skip = new long[OutputBlock.STREAMS];

    private long kept;
    private long layouts;
    private long firstSeq = 1;
    private long nextSeq = 1;
    private List<OutputBlock> saving = List.of();

    /** An empty one. @param limit how many bytes to keep of both streams together */
    OutputLog(int limit) {
        this.most = limit;
        this.limit = limit;
        headLimit = limit / 4;
        blockBytes = Math.max(64, Math.min(BLOCK_BYTES, limit / 16));
    }

    /**
     * Goes on after what is stored.
     *
     * @param sameScript whether that was printed by the script whose output comes now, from its first byte; else by one
     *     before, and it is replaced
     */
    void resume(List<OutputSpan> stored, boolean sameScript) {
        if (stored.isEmpty()) {
            return;
        }
        OutputSpan first = stored.get(0);
        OutputSpan last = stored.get(stored.size() - 1);
        total[STDOUT] = last.stdoutEnd();
        total[STDERR] = last.stderrEnd();
        nextSeq = last.seq() + 1;
        if (!sameScript) {
            firstSeq = nextSeq;
            base = total.clone();
            return;
        }
        firstSeq = first.seq();
        base = new long[] {first.stdoutAt(), first.stderrAt()};
        stored.forEach(span -> {
            OutputBlock block = OutputBlock.stored(span);
            blocks.add(block);
            for (int stream = 0; stream < OutputBlock.STREAMS; stream++) {
                kept += block.kept(stream);
                tail[stream] += isHead(block, stream) ? 0 : block.kept(stream);
            }
        });
        restart();
    }

    /** All that this script has printed comes once more. */
    void restart() {
        for (int stream = 0; stream < OutputBlock.STREAMS; stream++) {
            skip[stream] = total[stream] - base[stream];
        }
    }

    /** What comes is not what came first: nothing of it is left out. */
    void headLost() {
        skip[STDOUT] = 0;
        skip[STDERR] = 0;
    }

    /** Keeps so much less than its limit until told otherwise. */
    void reserve(int bytes) {
        limit = most - bytes;
    }

    void append(int stream, byte[] bytes, int offset, int length) {
        int known = (int) Math.min(length, skip[stream]);
        skip[stream] -= known;
        int from = offset + known;
        int left = length - known;
        while (left > 0) {
            OutputBlock block = open();
            int layoutBefore = block.layoutBytes();
            int taken = block.append(stream, bytes, from, left);
            from += taken;
            left -= taken;
            total[stream] += taken;
            kept += taken;
            tail[stream] += isHead(block, stream) ? 0 : taken;
            layouts += block.layoutBytes() - layoutBefore;
            makeRoom();
        }
    }

    private OutputBlock open() {
        OutputBlock last = blocks.peekLast();
        if (last == null || last.isClosed()) {
            last = new OutputBlock(nextSeq++, total, blockBytes);
            blocks.add(last);
        }
        return last;
    }

    private boolean isHead(OutputBlock block, int stream) {
        return block.at(stream) - base[stream] < headLimit;
    }

    private void makeRoom() {
        while (kept > limit || kept + layouts > limit + limit / 4) {
            int longer = tail[STDOUT] >= tail[STDERR] ? STDOUT : STDERR;
            if (!dropOldest(longer) && !dropOldest(1 - longer)) {
                return;
            }
        }
    }

    private boolean dropOldest(int stream) {
        for (Iterator<OutputBlock> each = blocks.iterator(); each.hasNext(); ) {
            OutputBlock block = each.next();
            int bytes = block.kept(stream);
            if (bytes > 0 && block.isClosed() && !isHead(block, stream)) {
                kept -= bytes;
                tail[stream] -= bytes;
                if (block.drop(stream)) {
                    droppedWhenStored.get(stream).add(block.seq);
                }
                if (block.kept(STDOUT) + block.kept(STDERR) == 0) {
                    layouts -= block.layoutBytes();
                    each.remove();
                }
                return true;
            }
        }
        return false;
    }

    /** What is to be stored next; nothing while the one before is neither {@link #saved} nor {@link #notSaved}. */
    OutputUpdate toSave() {
        saving = blocks.stream()
                .filter(OutputBlock::isDirty)
                .limit(BLOCKS_AT_ONCE)
                .toList();
        List<OutputChunk> chunks = saving.stream().map(OutputBlock::toSave).toList();
        OutputUpdate update = new OutputUpdate(firstSeq, chunks, dropped(STDOUT, chunks), dropped(STDERR, chunks));
        droppedWhenStored.forEach(List::clear);
        return update;
    }

    /** A chunk that is stored anew comes without what was dropped of it. */
    private List<Long> dropped(int stream, List<OutputChunk> chunks) {
        return droppedWhenStored.get(stream).stream()
                .filter(seq -> chunks.stream().noneMatch(chunk -> chunk.seq() == seq))
                .toList();
    }

    void saved() {
        for (OutputBlock block : saving) {
            int layout = block.layoutBytes();
            block.saved();
            // A block that is stored has no layout here any more; one that was dropped meanwhile is counted off
            // already.
            layouts -= blocks.contains(block) ? layout - block.layoutBytes() : 0;
        }
        saving = List.of();
    }

    void notSaved(OutputUpdate update) {
        saving.forEach(OutputBlock::notSaved);
        saving = List.of();
        droppedWhenStored.get(STDOUT).addAll(update.withoutStdout());
        droppedWhenStored.get(STDERR).addAll(update.withoutStderr());
    }
}
