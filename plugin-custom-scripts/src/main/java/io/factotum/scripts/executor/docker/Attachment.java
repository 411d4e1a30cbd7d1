package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.model.Frame;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of a container whose wrapper waits for its script, or will as soon as it is started. They end when it
 * does, and it ends when they do, as long as it has no script.
 */
final class Attachment {

    private final FrameGate gate = new FrameGate();
    private final AtomicReference<@Nullable Consumer<Frame>> output = new AtomicReference<>();
    private final ContainerStream<Frame> stream;

    private Attachment(DockerEngine engine, String id, @Nullable Consumer<Frame> output) {
        this.output.set(output);
        this.stream = engine.attach(id, gate, this::pass);
    }

    /** For a run that is known. */
    static Attachment of(DockerEngine engine, String id, Consumer<Frame> output) {
        return new Attachment(engine, id, output);
    }

    /** For a run that is not known yet. Until it is, what its container says is nobody's output. */
    static Attachment inAdvance(DockerEngine engine, String id) {
        return new Attachment(engine, id, null);
    }

    private void pass(Frame frame) {
        Consumer<Frame> consumer = output.get();
        if (consumer != null) {
            consumer.accept(frame);
        }
    }

    void passTo(Consumer<Frame> consumer) {
        output.set(consumer);
    }

    ContainerStream<Frame> stream() {
        return stream;
    }

    Future<Void> opened() {
        return stream.started();
    }

    /** Gives the wrapper its script, unless this has been closed. */
    void deliver(ScriptFrame frame) {
        gate.open(frame);
    }

    /** Nothing is delivered any more. */
    void withhold() {
        gate.close();
    }

    void close() {
        withhold();
        stream.close();
    }
}
