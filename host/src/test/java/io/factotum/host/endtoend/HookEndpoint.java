package io.factotum.host.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An HTTP server of the test that offerings name as their endpoint: each of its paths answers as it is told. */
final class HookEndpoint implements AutoCloseable {

    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /** A request as it came. */
    record Received(String path, MultiMap headers, Buffer body) {

        String id() {
            return headers.get("webhook-id");
        }

        JsonObject event() {
            return body.toJsonObject();
        }

        JsonObject data() {
            return event().getJsonObject("data");
        }
    }

    /** What a path does with a request, the n-th to it, from 1. */
    interface Behaviour {

        void answer(int number, Received received, HttpServerResponse response);
    }

    private final Vertx vertx = Vertx.vertx();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private HttpServer server;

    HookEndpoint() {
        server = listen(0);
    }

    private HttpServer listen(int port) {
        try {
            return vertx.createHttpServer()
                    .requestHandler(this::receive)
                    .listen(port, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError("Cannot listen on port " + port, failure);
        }
    }

    /** How a path behaves from now on; answers its URL. */
    String on(String path, Behaviour behaviour) {
        behaviours.put(path, behaviour);
        return "http://127.0.0.1:%d%s".formatted(server.actualPort(), path);
    }

    /** What has come on a path, in order. */
    List<Received> received(String path) {
        return received.stream().filter(r -> r.path().equals(path)).toList();
    }

    void goAway() {
        int port = server.actualPort();
        Await.until("the endpoint to be gone", server.close()::isComplete);
        // For a moment after its close the system still accepts connections: whoever called then would have been heard.
        Await.until("connections to be refused", () -> !listens(port));
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

    void comeBack() {
        server = listen(server.actualPort());
    }

    @Override
    public void close() {
        Await.until("the endpoint to be gone", vertx.close()::isComplete);
    }

    private void receive(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            Received one = new Received(request.path(), request.headers(), body);
            if (!isSigned(one)) {
                request.response().setStatusCode(401).end("not signed");
                return;
            }
            received.add(one);
            behaviours.get(one.path()).answer(received(one.path()).size(), one, request.response());
        });
    }

    private static boolean isSigned(Received one) {
        String timestamp = one.headers().get("webhook-timestamp");
        return signature(one.id(), timestamp, one.body().getBytes())
                .equals(one.headers().get("webhook-signature"));
    }

    /** As Standard Webhooks 1.0 says. */
    static String signature(String id, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET.substring("whsec_".length())), "HmacSHA256"));
            mac.update("%s.%s.".formatted(id, timestamp).getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
