package io.factotum.scripts.executor;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Keeps all that a script prints, and tells when a text has come. */
public final class RecordingSink implements OutputSink {

    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final CompletableFuture<String> awaited = new CompletableFuture<>();
    private @Nullable String text;
    private int restarts;

    /** Completes when the text has come on standard output. */
    public synchronized CompletableFuture<String> awaiting(String expected) {
        text = expected;
        look();
        return awaited;
    }

    @Override
    public synchronized void stdout(byte[] bytes, int offset, int length) {
        stdout.write(bytes, offset, length);
        look();
    }

    @Override
    public synchronized void stderr(byte[] bytes, int offset, int length) {
        stderr.write(bytes, offset, length);
    }

    @Override
    public synchronized void restart() {
        stdout.reset();
        stderr.reset();
        restarts++;
    }

    public synchronized byte[] bytes() {
        return stdout.toByteArray();
    }

    public synchronized String out() {
        return stdout.toString(StandardCharsets.UTF_8);
    }

    public synchronized String err() {
        return stderr.toString(StandardCharsets.UTF_8);
    }

    public synchronized int restarts() {
        return restarts;
    }

    private void look() {
        if (text != null && out().contains(text)) {
            awaited.complete(text);
        }
    }
}
