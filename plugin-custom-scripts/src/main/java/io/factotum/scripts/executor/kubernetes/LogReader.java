package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.factotum.scripts.executor.OutputSink;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Passes a pod's log on to the sink, in as many readings as it takes: each goes on where the one before broke off. A log
 * that a node has rotated begins later than it did; then the output says that some is missing, or comes twice.
 */
final class LogReader {

    private static final int HEAD = 128;

    private final ClusterApi api;
    private final LogDemux demux;
    /** Made with the first byte: of ten thousand runs most are not being read. */
    private byte[] head = {};

    private long passed;
    private @Nullable AsyncBody open;
    private boolean detached;

    LogReader(ClusterApi api, UUID runId, OutputSink sink) {
        this.api = api;
        this.demux = new LogDemux(runId, sink);
    }

    LogDemux demux() {
        return demux;
    }

    synchronized long passed() {
        return passed;
    }

    /** Reads the log to its end. Completes with whether it went on where it broke off before. */
    Future<Void> read(String pod, boolean follow) {
        Promise<Void> end = Promise.promise();
        Reading reading = new Reading();
        api.http().stream(api.log(pod, follow), reading::accept)
                .whenComplete((response, fault) -> opened(response, fault, reading, end));
        return end.future();
    }

    private void opened(
            @Nullable HttpResponse<AsyncBody> response, @Nullable Throwable fault, Reading reading, Promise<Void> end) {
        if (response == null) {
            api.http().onContext(() -> end.tryFail(fault == null ? new IllegalStateException() : fault));
            return;
        }
        AsyncBody body = response.body();
        if (!response.isSuccessful()) {
            body.cancel();
            api.http().onContext(() -> end.tryFail(new ApiFault(response.code(), "the log cannot be read")));
            return;
        }
        synchronized (this) {
            open = body;
            if (detached) {
                body.cancel();
            }
        }
        body.done().whenComplete((done, broken) -> {
            synchronized (this) {
                open = null;
                reading.end();
            }
            api.http().onContext(() -> {
                if (broken == null) {
                    end.tryComplete();
                } else {
                    end.tryFail(broken);
                }
            });
        });
        body.consume();
    }

    /** From its return on nothing reaches the sink from here. */
    synchronized void detach() {
        detached = true;
        if (open != null) {
            open.cancel();
        }
    }

    /** Ends the reading under way. */
    synchronized void interrupt() {
        if (open != null) {
            open.cancel();
        }
    }

    /** All has been read: what is held is passed on too. */
    synchronized void finish() {
        if (!detached) {
            demux.finish();
        }
    }

    private void pass(ByteBuffer bytes) {
        int length = bytes.remaining();
        if (head.length == 0) {
            head = new byte[HEAD];
        }
        for (int at = 0; passed + at < HEAD && at < length; at++) {
            head[(int) passed + at] = bytes.get(bytes.position() + at);
        }
        passed += length;
        demux.accept(bytes);
    }

    /** One reading of the log: finds where the one before broke off. */
    private final class Reading {

        private final byte[] seen = new byte[HEAD];
        private final int expected;
        private final long skip;
        private int compared;
        private long skipped;
        private boolean passing;

        Reading() {
            this.skip = passed();
            this.expected = (int) Math.min(HEAD, skip);
            this.passing = skip == 0;
        }

        void accept(List<ByteBuffer> buffers, AsyncBody body) {
            synchronized (LogReader.this) {
                if (detached) {
                    body.cancel();
                    return;
                }
                buffers.forEach(this::accept);
            }
            body.consume();
        }

        private void accept(ByteBuffer bytes) {
            while (!passing && compared < expected && bytes.hasRemaining()) {
                seen[compared++] = bytes.get();
                skipped++;
                if (compared == expected && !sameHead()) {
                    startAnew();
                }
            }
            if (!passing && compared == expected) {
                int jump = (int) Math.min(bytes.remaining(), skip - skipped);
                bytes.position(bytes.position() + jump);
                skipped += jump;
                passing = skipped == skip;
            }
            if (passing && bytes.hasRemaining()) {
                pass(bytes);
            }
        }

        void end() {
            if (!passing && compared < expected && compared > 0 && !detached) {
                startAnew();
            }
        }

        private boolean sameHead() {
            return Arrays.equals(seen, 0, compared, head, 0, compared);
        }

        // Rotated: what the log has now begins after what we have, or within it.
        private void startAnew() {
            demux.gap();
            passing = true;
            pass(ByteBuffer.wrap(seen, 0, compared).slice());
        }
    }
}
