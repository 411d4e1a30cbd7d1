package io.factotum.webhook;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An endpoint of the test: it answers requests as it is told, the last way again and again. */
final class TestEndpoint {

    /** A request as it came. */
    record Received(String method, String uri, MultiMap headers, Buffer body, long nanos) {

        String header(String name) {
            return headers.get(name);
        }
    }

    final List<Received> received = new CopyOnWriteArrayList<>();
    private final Queue<Consumer<HttpServerResponse>> answers = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    private TestEndpoint(Vertx vertx, HttpServerOptions options) {
        server = vertx.createHttpServer(options).requestHandler(this::receive);
    }

    static TestEndpoint start(Vertx vertx) {
        return start(vertx, new HttpServerOptions());
    }

    static TestEndpoint start(Vertx vertx, HttpServerOptions options) {
        TestEndpoint endpoint = new TestEndpoint(vertx, options);
        Served.await(endpoint.server.listen(options.getPort() == 80 ? 0 : options.getPort(), "127.0.0.1"));
        return endpoint;
    }

    /** Its next answer. */
    TestEndpoint then(Consumer<HttpServerResponse> answer) {
        answers.add(answer);
        return this;
    }

    /** Its next answer. */
    TestEndpoint then(int status, String body) {
        return then(response -> response.setStatusCode(status).end(body));
    }

    int port() {
        return server.actualPort();
    }

    String url() {
        return "http://127.0.0.1:%d/hook".formatted(port());
    }

    /** Until nobody listens there: for a moment after its close the system still accepts connections (1 in 20 was seen). */
    void stop() {
        int port = port();
        Served.await(server.close());
        while (listens(port)) {
            Thread.onSpinWait();
        }
    }

    private static boolean listens(int port) {
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return connection.isConnected();
        } catch (ConnectException refused) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private void receive(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            received.add(
                    new Received(request.method().name(), request.uri(), request.headers(), body, System.nanoTime()));
            Consumer<HttpServerResponse> answer = answers.size() > 1 ? answers.poll() : answers.peek();
            if (answer == null) {
                request.response().end();
            } else {
                answer.accept(request.response());
            }
        });
    }
}
