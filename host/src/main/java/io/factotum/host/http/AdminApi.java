package io.factotum.host.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.Operation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: every operation of the OpenAPI file on its route, behind the token. */
public final class AdminApi {

    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
    static final int UPLOAD_LIMIT = 128 << 20;
    private static final int HEADER_LIMIT = 16 * 1024;
    private static final Duration IDLE = Duration.ofMinutes(2);

    private final Vertx vertx;
    private final ApiContract contract;
    private final Authentication authentication;
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final ExtensionRoutes extensions;
    private @Nullable HttpServer server;

    /** Not started yet. */
    public AdminApi(Vertx vertx, ApiContract contract, Authentication authentication, AdminParts parts) {
        this.vertx = vertx;
        this.contract = contract;
        this.authentication = authentication;
        this.extensions = new ExtensionRoutes(authentication, parts.plugins());
        endpoints.putAll(new HostRoutes(contract, parts.readiness(), parts.metrics()).endpoints());
        endpoints.putAll(new PluginRoutes(parts.plugins()).endpoints());
        endpoints.putAll(new OfferingRoutes(parts.offerings()).endpoints());
        endpoints.putAll(new ResourceRoutes(parts.views(), parts.lifecycle()).endpoints());
        endpoints.putAll(new RunRoutes(vertx, parts).endpoints());
        checkEndpoints();
    }

    /** Listens there and takes bodies up to that size; port 0 takes any that is free. Completes with the port. */
    public Future<Integer> start(String address, int port, int bodyLimit) {
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(address)
                        .setPort(port)
                        .setMaxHeaderSize(HEADER_LIMIT)
                        .setMaxInitialLineLength(HEADER_LIMIT)
                        .setIdleTimeout((int) IDLE.toSeconds())
                        .setIdleTimeoutUnit(TimeUnit.SECONDS))
                .requestHandler(router(bodyLimit));
        return server.listen()
                .map(HttpServer::actualPort)
                .onSuccess(actual -> LOG.info("The HTTP API listens on {} port {}", address, actual));
    }

    /** Stops listening. */
    public Future<Void> close() {
        return server == null ? Future.succeededFuture() : server.close();
    }

    private void checkEndpoints() {
        Set<String> described = contract.openApi().operations().stream()
                .map(Operation::getOperationId)
                .collect(Collectors.toSet());
        if (!described.equals(endpoints.keySet())) {
            throw new IllegalStateException(
                    "Cannot serve the API: the OpenAPI file describes %s, and the code answers %s."
                            .formatted(new TreeSet<>(described), new TreeSet<>(endpoints.keySet())));
        }
    }

    private Router router(int bodyLimit) {
        RouterBuilder builder = RouterBuilder.create(vertx, contract.openApi());
        builder.rootHandler(new Gate(contract.openApi(), authentication));
        builder.getRoutes().forEach(route -> mount(route, bodyLimit));
        Router router = builder.createRouter();
        extensions.mount(router, bodyLimit);
        router.route().failureHandler(new ProblemHandler(bodyLimit));
        return router;
    }

    private void mount(OpenAPIRoute route, int bodyLimit) {
        Operation operation = route.getOperation();
        Endpoint endpoint = Objects.requireNonNull(endpoints.get(operation.getOperationId()));
        RequestCheck check = new RequestCheck(vertx, contract, operation);
        // Both are done here: the token before the route is known, the check with all faults at once.
        route.setDoSecurity(false).setDoValidation(false);
        if (operation.getRequestBody() != null) {
            route.addHandler(BodyHandler.create(false).setBodyLimit(limit(operation, bodyLimit)));
        }
        route.addHandler(context -> answer(context, check, endpoint));
    }

    // A plugin's jar is larger than anything else that is sent.
    private static int limit(Operation operation, int bodyLimit) {
        return Gate.takesJson(operation) ? bodyLimit : Math.max(bodyLimit, UPLOAD_LIMIT);
    }

    private static void answer(RoutingContext context, RequestCheck check, Endpoint endpoint) {
        check.check(context)
                .compose(request -> endpoint.handle(request).compose(answer -> answer.send(context.response())))
                .onFailure(context::fail);
    }
}
