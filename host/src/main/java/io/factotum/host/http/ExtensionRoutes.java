package io.factotum.host.http;

import io.factotum.api.admin.AdminRequest;
import io.factotum.api.admin.AdminResponse;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The routes of plugins, {@code /api/v1/ext/<plugin id>/...}, which are not in the OpenAPI file. */
final class ExtensionRoutes implements Handler<RoutingContext> {

    private static final String ROOT = "/api/v1/ext/";

    /** What the connection says, and what proves who asks: neither is for a plugin to see or to set. */
    private static final Set<String> HOSTS_OWN = Set.of(
            "authorization",
            "connection",
            "content-length",
            "cookie",
            "keep-alive",
            "proxy-authorization",
            "set-cookie",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private final Authentication authentication;
    private final PluginOperations plugins;

    ExtensionRoutes(Authentication authentication, PluginOperations plugins) {
        this.authentication = authentication;
        this.plugins = plugins;
    }

    /** Puts them before all others. */
    void mount(Router router, int bodyLimit) {
        router.route(ROOT + "*").order(-2).handler(this::admit);
        router.route(ROOT + "*")
                .order(-1)
                .handler(BodyHandler.create(false).setBodyLimit(bodyLimit))
                .handler(this);
    }

    private void admit(RoutingContext context) {
        if (authentication.admits(context.request())) {
            context.next();
        } else {
            context.fail(new ProblemException(Problem.unauthorized()));
        }
    }

    @Override
    public void handle(RoutingContext context) {
        String below = context.normalizedPath().substring(ROOT.length());
        int end = below.indexOf('/');
        String id = end < 0 ? below : below.substring(0, end);
        String path = end < 0 ? "/" : below.substring(end);
        Future.future(answered -> plugins.answer(id, request(context, path), segments(path))
                        .compose(answer -> send(answer, context.response()))
                        .onComplete(answered))
                .onFailure(context::fail);
    }

    private static AdminRequest request(RoutingContext context, String path) {
        HttpServerRequest request = context.request();
        Map<String, List<String>> query = new LinkedHashMap<>();
        context.queryParams().forEach(parameter -> query.computeIfAbsent(parameter.getKey(), name -> new ArrayList<>())
                .add(parameter.getValue()));
        Map<String, String> headers = new HashMap<>();
        request.headers().forEach(header -> {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOSTS_OWN.contains(name)) {
                headers.merge(name, header.getValue(), (one, other) -> one + ", " + other);
            }
        });
        Buffer body = context.body().buffer();
        return new AdminRequest(
                request.method().name(), path, Map.of(), query, headers, body == null ? Buffer.buffer() : body);
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.substring(1).split("/", -1)) {
            segments.add(decoded(segment));
        }
        // A slash at the end makes no segment.
        if (segments.get(segments.size() - 1).isEmpty()) {
            segments.remove(segments.size() - 1);
        }
        return segments;
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new ProblemException(new Problem(
                    400,
                    "malformed_path",
                    "Cannot read the path: '%s' has a percent sign that two hexadecimal digits do not follow."
                            .formatted(segment)));
        }
    }

    private static Future<Void> send(AdminResponse answer, HttpServerResponse response) {
        response.setStatusCode(answer.status());
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.putHeader("X-Content-Type-Options", "nosniff");
        answer.headers().forEach((name, value) -> {
            if (!HOSTS_OWN.contains(name.toLowerCase(Locale.ROOT))) {
                response.putHeader(name, value);
            }
        });
        return answer.body().length() == 0 ? response.end() : response.end(answer.body());
    }
}
