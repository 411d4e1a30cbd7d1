package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A registry on loopback, where engines need no TLS: as much of the OCI distribution API as one push and pulls need. */
final class RegistryDouble implements AutoCloseable {

    static {
        // An engine tries TLS first, which this server would go on waiting to understand.
        System.setProperty("sun.net.httpserver.maxReqTime", "1");
    }

    static final String USER = "puller";
    static final String PASSWORD = "pass:word";

    private final HttpServer server;
    private final Map<String, byte[]> content = new ConcurrentHashMap<>();
    private final Map<String, String> types = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile @Nullable CountDownLatch held;
    private volatile boolean asksWho;

    RegistryDouble() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/", this::answer);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    /** As an image's name has it. */
    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on it answers only who says the right user and password. */
    void askWho() {
        asksWho = true;
    }

    /** Manifests are held back until the latch is down. */
    void hold(CountDownLatch latch) {
        held = latch;
    }

    /** How often somebody has asked what is behind the tag; what that is, is then read by its digest. */
    long looks() {
        return requests.stream().filter(it -> it.endsWith("/manifests/1")).count();
    }

    String digest(String path) throws Exception {
        return sha256(content.get(path));
    }

    void forgetRequests() {
        requests.clear();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            String method = exchange.getRequestMethod();
            requests.add(method + " " + path);
            if (asksWho && !isKnown(exchange)) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"double\"");
                respond(
                        exchange,
                        401,
                        "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"who are you\"}]}".getBytes(UTF_8));
            } else if (path.equals("/v2/")) {
                respond(exchange, 200, "{}".getBytes(UTF_8));
            } else {
                switch (method) {
                    case "POST", "PATCH" -> upload(exchange, path, body);
                    case "PUT" -> put(exchange, path, body);
                    default -> get(exchange, path);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isKnown(HttpExchange exchange) {
        String expected = "Basic " + Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(UTF_8));
        return expected.equals(exchange.getRequestHeaders().getFirst("Authorization"));
    }

    private void upload(HttpExchange exchange, String path, byte[] body) throws IOException {
        String there = exchange.getRequestMethod().equals("POST") ? path + UUID.randomUUID() : path;
        ByteArrayOutputStream upload = uploads.computeIfAbsent(there, absent -> new ByteArrayOutputStream());
        upload.writeBytes(body);
        exchange.getResponseHeaders().add("Location", there);
        exchange.getResponseHeaders().add("Range", "0-" + Math.max(0, upload.size() - 1));
        respond(exchange, 202, new byte[0]);
    }

    private void put(HttpExchange exchange, String path, byte[] body) throws IOException {
        if (path.contains("/uploads/")) {
            ByteArrayOutputStream upload = uploads.remove(path);
            upload.writeBytes(body);
            String blobs = path.substring(0, path.indexOf("uploads/"));
            String digest = exchange.getRequestURI().getQuery().replaceFirst(".*digest=", "");
            content.put(blobs + digest, upload.toByteArray());
        } else {
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            String byDigest = path.substring(0, path.lastIndexOf('/') + 1) + sha256(body);
            for (String name : List.of(path, byDigest)) {
                content.put(name, body);
                types.put(name, type);
            }
            exchange.getResponseHeaders().add("Docker-Content-Digest", sha256(body));
        }
        respond(exchange, 201, new byte[0]);
    }

    private void get(HttpExchange exchange, String path) throws IOException, InterruptedException {
        CountDownLatch latch = held;
        if (latch != null && path.contains("/manifests/")) {
            latch.await();
        }
        byte[] found = content.get(path);
        if (found == null) {
            respond(
                    exchange,
                    404,
                    "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}".getBytes(UTF_8));
            return;
        }
        exchange.getResponseHeaders().add("Content-Type", types.getOrDefault(path, "application/octet-stream"));
        exchange.getResponseHeaders().add("Docker-Content-Digest", sha256(found));
        respond(exchange, 200, found);
    }

    private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().add("Content-Length", String.valueOf(body.length));
        }
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
