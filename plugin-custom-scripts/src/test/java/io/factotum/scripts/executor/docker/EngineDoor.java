package io.factotum.scripts.executor.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** An address of its own for the test's engine, which can be shut while the engine goes on. */
final class EngineDoor implements AutoCloseable {

    private final String engine = Objects.requireNonNull(System.getenv("DOCKER_HOST"));
    private final List<SocketChannel> open = new ArrayList<>();
    private int port;
    private ServerSocketChannel server = listen(0);

    String address() {
        return "tcp://127.0.0.1:" + port;
    }

    private ServerSocketChannel listen(int wanted) {
        try {
            ServerSocketChannel channel = ServerSocketChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            port = channel.socket().getLocalPort();
            inBackground(() -> {
                while (channel.isOpen()) {
                    pass(channel, channel.accept());
                }
            });
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void pass(ServerSocketChannel door, SocketChannel client) throws IOException {
        if (!door.isOpen()) {
            // Shut between the knock and the opening.
            client.close();
            return;
        }
        SocketChannel own = SocketChannel.open(StandardProtocolFamily.UNIX);
        own.connect(UnixDomainSocketAddress.of(engine.substring("unix://".length())));
        open.add(client);
        open.add(own);
        inBackground(() -> copy(client, own));
        inBackground(() -> copy(own, client));
    }

    private static void copy(ByteChannel from, ByteChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try (from;
                to) {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // As it is when a door is shut.
                    }
                },
                "engine-door");
        thread.setDaemon(true);
        thread.start();
    }

    synchronized void shut() throws IOException {
        server.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
        open.clear();
    }

    void openAgain() {
        server = listen(port);
    }

    @Override
    public void close() throws IOException {
        shut();
    }
}
