package io.factotum.scripts.executor.docker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A frame for a container's standard input that is held back until it is known that this start of the container is the
 * one that was meant.
 *
 * <p>A host that was decided for long ago may come to start a container that another host has run to its end meanwhile.
 * The engine starts it again without a word, and nothing that the first run wrote is left in it to tell. But the engine
 * says when it last ended, and without its frame the wrapper runs nothing.
 */
final class FrameGate extends InputStream {

    private final CompletableFuture<InputStream> opened = new CompletableFuture<>();

    /** Lets the frame through, unless the gate has been closed. */
    void open(ScriptFrame frame) {
        opened.complete(new ByteArrayInputStream(frame.bytes(Instant.now())));
    }

    /** Nothing comes through any more. */
    @Override
    public void close() {
        opened.complete(InputStream.nullInputStream());
    }

    @Override
    public int read() throws IOException {
        return input().read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return input().read(bytes, offset, length);
    }

    // On the thread of the client that writes to the container.
    private InputStream input() throws IOException {
        try {
            return opened.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a frame was held back", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
