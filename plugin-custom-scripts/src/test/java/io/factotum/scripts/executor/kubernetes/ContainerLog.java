package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A container's log in a file, read by any number of followers. */
final class ContainerLog implements ApiServerDouble.LogSource {

    private final Path file;
    private final OutputStream out;
    private final List<Runnable> readers = new CopyOnWriteArrayList<>();
    private volatile long length;
    private volatile boolean ended;

    ContainerLog(Path file) throws IOException {
        this.file = file;
        this.out = Files.newOutputStream(file);
    }

    void write(byte[] bytes) {
        try {
            out.write(bytes);
            length += bytes.length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        readers.forEach(Runnable::run);
    }

    void end() throws IOException {
        out.close();
        ended = true;
        readers.forEach(Runnable::run);
    }

    @Override
    public void read(boolean follow, HttpServerResponse response) {
        Context context = Vertx.currentContext();
        response.setChunked(true).putHeader("Content-Type", "text/plain");
        response.writeHead();
        long until = follow ? Long.MAX_VALUE : length;
        long[] at = {0};
        boolean[] done = {false};
        Consumer<Void> pump = new Consumer<>() {
            @Override
            public void accept(Void nothing) {
                if (done[0] || response.closed()) {
                    return;
                }
                boolean last = ended;
                long end = Math.min(until, length);
                while (at[0] < end && !response.writeQueueFull()) {
                    byte[] piece = new byte[(int) Math.min(32768, end - at[0])];
                    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                        in.seek(at[0]);
                        in.readFully(piece);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    at[0] += piece.length;
                    response.write(Buffer.buffer(piece));
                }
                if (at[0] >= end && (last || !follow)) {
                    done[0] = true;
                    response.end();
                } else if (at[0] < end) {
                    response.drainHandler(v -> accept(null));
                }
            }
        };
        Runnable wake = () -> context.runOnContext(v -> pump.accept(null));
        readers.add(wake);
        response.closeHandler(v -> readers.remove(wake));
        pump.accept(null);
    }
}
