package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One watch of one kind of object, taken up again from the last version whenever the server ends it. Opened, closed and
 * listened to on the plugin's context.
 *
 * <p>It reads lines over plain HTTP. The client library's own watches go by the JDK's WebSocket, which garbles about one
 * stream in a hundred whose first frames come with the handshake, and their HTTP variant breaks on characters of more than
 * one byte.
 */
final class WatchStream<S> {

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** Hears of what happens, on the plugin's context. */
    interface Listener<S> {

        void changed(S sight);

        void deleted(S last);

        /** Something may have been missed: it has to be listed anew, and opened from there. */
        void broken(Throwable why);
    }

    private final ApiClient http;
    private final String path;
    private final Function<HasMetadata, @Nullable S> sight;
    private final Listener<S> listener;
    private @Nullable Connection current;

    WatchStream(ApiClient http, String path, Function<HasMetadata, @Nullable S> sight, Listener<S> listener) {
        this.http = http;
        this.path = path;
        this.sight = sight;
        this.listener = listener;
    }

    boolean isOpen() {
        return current != null;
    }

    /** Tells what has happened since a version, and what happens from now on. */
    void open(String version) {
        Connection connection = new Connection(version);
        current = connection;
        http.stream(path + version, connection::read)
                .whenComplete((response, fault) -> http.onContext(() -> connection.opened(response, fault)));
    }

    void close() {
        Connection open = current;
        current = null;
        if (open != null) {
            open.cancel();
        }
    }

    /** Begins anew, if nothing has been heard for so long that the connection must be dead. */
    void checkWhetherAlive(Duration longestSilence) {
        Connection open = current;
        if (open != null && open.heardAt.plus(longestSilence).isBefore(Instant.now())) {
            close();
            listener.broken(new IllegalStateException("nothing was heard for " + longestSilence));
        }
    }

    private final class Connection {

        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private final Instant openedAt = Instant.now();
        private volatile Instant heardAt = openedAt;
        private volatile String version;
        private @Nullable Throwable fault;
        private @Nullable AsyncBody body;

        Connection(String version) {
            this.version = version;
        }

        private void opened(@Nullable HttpResponse<AsyncBody> response, @Nullable Throwable cause) {
            if (response == null) {
                ended(Objects.requireNonNullElseGet(cause, IllegalStateException::new));
                return;
            }
            body = response.body();
            if (!response.isSuccessful()) {
                cancel();
                ended(new ApiFault(response.code(), ""));
            } else if (current != this) {
                cancel();
            } else {
                response.body().done().whenComplete((done, broken) -> http.onContext(() -> ended(broken)));
                response.body().consume();
            }
        }

        // On a thread of the client's, one call after the other.
        private void read(List<ByteBuffer> buffers, AsyncBody from) {
            heardAt = Instant.now();
            for (ByteBuffer bytes : buffers) {
                while (bytes.hasRemaining() && fault == null) {
                    byte value = bytes.get();
                    if (value == '\n') {
                        event(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    } else {
                        line.write(value);
                    }
                }
            }
            if (fault == null) {
                from.consume();
            } else {
                from.cancel();
            }
        }

        private void event(String text) {
            try {
                WatchEvent event = http.parsed(text, WatchEvent.class);
                if (event.getObject() instanceof Status status) {
                    fault = new ApiFault(Objects.requireNonNullElse(status.getCode(), 0), http.serialized(status));
                } else if (event.getObject() instanceof HasMetadata object) {
                    version = object.getMetadata().getResourceVersion();
                    tell(event.getType(), sight.apply(object));
                }
            } catch (RuntimeException unreadable) {
                fault = unreadable;
            }
        }

        private void tell(String type, @Nullable S seen) {
            if (seen == null || type.equals("BOOKMARK")) {
                return;
            }
            http.onContext(() -> {
                if (current != this) {
                    return;
                }
                if (type.equals("DELETED")) {
                    listener.deleted(seen);
                } else {
                    listener.changed(seen);
                }
            });
        }

        // That a server ends a watch is usual: it goes on from the last version, and nothing is missed.
        private void ended(@Nullable Throwable cause) {
            if (current != this) {
                return;
            }
            current = null;
            Throwable why = fault != null ? fault : cause;
            boolean atOnce = openedAt.plus(SHORTEST).isAfter(Instant.now());
            if (why == null && !atOnce) {
                open(version);
            } else {
                listener.broken(why != null ? why : new IllegalStateException("it ended as soon as it was open"));
            }
        }

        private void cancel() {
            if (body != null) {
                body.cancel();
            }
        }
    }
}
