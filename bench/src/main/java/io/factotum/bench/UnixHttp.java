package io.factotum.bench;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One kept-alive HTTP/1.1 connection on a Unix socket, as thin as can be; for one thread at a time. */
final class UnixHttp implements AutoCloseable {

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024).flip();

    record Response(int status, byte[] body) {

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private record Head(int status, long length, boolean chunked) {}

    private UnixHttp(SocketChannel channel) {
        this.channel = channel;
    }

    static UnixHttp connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new UnixHttp(channel);
    }

    /** Sends a request and reads the whole answer. */
    Response request(String method, String path, @Nullable String json) throws IOException {
        send(method, path, json, "");
        Head head = readHead();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (head.chunked()) {
            readChunks(body::writeBytes);
        } else {
            read(head.length(), body::writeBytes);
        }
        return new Response(head.status(), body.toByteArray());
    }

    /** Reads an answer that does not end, piece by piece. Returns when the other side closes. */
    void follow(String path, Runnable opened, Consumer<byte[]> piece) throws IOException {
        send("GET", path, null, "");
        Head head = readHead();
        if (head.status() != 200 || !head.chunked()) {
            throw new IOException("Cannot follow '%s': the engine answers %d.".formatted(path, head.status()));
        }
        opened.run();
        readChunks(piece);
    }

    /** Asks for the connection to become a raw one. */
    void upgrade(String path) throws IOException {
        send("POST", path, null, "Connection: Upgrade\r\nUpgrade: tcp\r\n");
        Head head = readHead();
        if (head.status() != 101) {
            throw new IOException("Cannot attach by '%s': the engine answers %d.".formatted(path, head.status()));
        }
    }

    void write(byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    /** Reads a raw connection to its end. */
    byte[] readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (in.hasRemaining() || fill()) {
            byte[] piece = new byte[in.remaining()];
            in.get(piece);
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    private void send(String method, String path, @Nullable String json, String headers) throws IOException {
        byte[] body = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
        String head = "%s %s HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
                .formatted(method, path, body.length, headers);
        ByteArrayOutputStream request = new ByteArrayOutputStream(head.length() + body.length);
        request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        write(request.toByteArray());
    }

    private Head readHead() throws IOException {
        int status = Integer.parseInt(readLine().split(" ", 3)[1]);
        long length = 0;
        boolean chunked = false;
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Long.parseLong(
                        header.substring("content-length:".length()).strip());
            } else if (header.startsWith("transfer-encoding:")) {
                chunked = header.contains("chunked");
            }
        }
        return new Head(status, length, chunked);
    }

    private void readChunks(Consumer<byte[]> piece) throws IOException {
        while (true) {
            long size = Long.parseLong(readLine(), 16);
            read(size, piece);
            readLine();
            if (size == 0) {
                return;
            }
        }
    }

    private void read(long length, Consumer<byte[]> piece) throws IOException {
        long left = length;
        while (left > 0) {
            demand();
            byte[] bytes = new byte[(int) Math.min(left, in.remaining())];
            in.get(bytes);
            piece.accept(bytes);
            left -= bytes.length;
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            demand();
            char next = (char) in.get();
            if (next == '\n') {
                return line.toString().stripTrailing();
            }
            line.append(next);
        }
    }

    private void demand() throws IOException {
        if (!in.hasRemaining() && !fill()) {
            throw new EOFException("The engine has closed the connection.");
        }
    }

    private boolean fill() throws IOException {
        in.clear();
        int read = channel.read(in);
        in.flip();
        return read > 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
