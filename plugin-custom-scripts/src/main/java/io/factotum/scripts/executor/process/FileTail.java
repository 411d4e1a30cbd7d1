package io.factotum.scripts.executor.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads a file that grows, piece by piece, from its beginning. */
final class FileTail {

    /** What is read before others get their turn. */
    private static final long TURN = 16L << 20;

    private final Path file;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private long position;

    FileTail(Path file) {
        this.file = file;
    }

    /** Where the bytes go. */
    interface Target {
        void accept(byte[] bytes, int offset, int length);
    }

    /** Passes on what is new. True if there is more at once. Blocks. */
    boolean read(Target target) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long end = position + TURN; position < end; ) {
                int count = channel.read(buffer.clear(), position);
                if (count <= 0) {
                    return false;
                }
                target.accept(buffer.array(), 0, count);
                position += count;
            }
            return true;
        } catch (NoSuchFileException e) {
            // Removed under our hands: there is nothing more.
            return false;
        }
    }
}
