package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.async.ResultCallback;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A long answer of the engine: items go to the consumer on the stream's own thread, start and end to the context. */
final class ContainerStream<T> implements ResultCallback<T> {

    private final Context context;
    private final Consumer<T> consumer;
    private final Runnable over;
    private final Promise<Void> started = Promise.promise();
    private final Promise<Void> ended = Promise.promise();
    private @Nullable Closeable response;
    private boolean closed;

    /** @param over called when no more comes, on the stream's own thread: the context may be gone by then */
    ContainerStream(Context context, Consumer<T> consumer, Runnable over) {
        this.context = context;
        this.consumer = consumer;
        this.over = over;
    }

    /** The engine has answered: from now on nothing is missed. */
    Future<Void> started() {
        return started.future();
    }

    /** The last item has been consumed. */
    Future<Void> ended() {
        return ended.future();
    }

    @Override
    public void onStart(Closeable closeable) {
        synchronized (this) {
            response = closeable;
        }
        context.runOnContext(v -> started.tryComplete());
        if (isClosed()) {
            closeResponse();
        }
    }

    @Override
    public void onNext(T item) {
        consumer.accept(item);
    }

    // An error may be followed by onComplete: the first of them counts.
    @Override
    public void onError(Throwable cause) {
        over.run();
        context.runOnContext(v -> {
            started.tryFail(cause);
            ended.tryFail(cause);
        });
    }

    @Override
    public void onComplete() {
        over.run();
        context.runOnContext(v -> {
            started.tryComplete();
            ended.tryComplete();
        });
    }

    /** Stops listening, also when the answer is yet to come. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        closeResponse();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void closeResponse() {
        Closeable open;
        synchronized (this) {
            open = response;
        }
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            onError(e);
        }
    }
}
