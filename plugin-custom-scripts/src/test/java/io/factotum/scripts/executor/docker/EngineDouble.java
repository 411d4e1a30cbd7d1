package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Says what engines have said in moments that a real one cannot be asked for. */
final class EngineDouble implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** What is said to a request; of a path without its version, and a query that may be empty. */
    interface Words {
        Answer to(String method, String path, String query);
    }

    /** A status, and JSON, or nothing if that is empty. */
    record Answer(int status, String body) {}

    EngineDouble(Words words) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, words));
        server.start();
    }

    String address() {
        return "tcp://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, Words words) throws IOException {
        String query = Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), "");
        String path = exchange.getRequestURI().getPath().replaceFirst("^/v[0-9.]+", "");
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            Answer answer = path.equals("/version")
                    ? new Answer(200, "{\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\"}")
                    : words.to(exchange.getRequestMethod(), path, query);
            byte[] body = answer.body().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
