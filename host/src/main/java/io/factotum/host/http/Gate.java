package io.factotum.host.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is decided about a request before its body is read: token, route, method, and the media types on both sides. */
final class Gate implements Handler<RoutingContext> {

    private static final Set<String> STOOD_IN = Set.of("openapi", "followOutput");

    private final OpenAPIContract contract;
    private final Authentication authentication;

    Gate(OpenAPIContract contract, Authentication authentication) {
        this.contract = contract;
        this.authentication = authentication;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        Path path = contract.findPath(context.normalizedPath());
        Operation operation = path == null ? null : operation(path, request);
        Problem problem = problem(path, operation, context.normalizedPath(), request);
        if (problem == null) {
            context.next();
        } else {
            context.fail(new ProblemException(problem));
        }
    }

    private @Nullable Problem problem(
            @Nullable Path path, @Nullable Operation operation, String uri, HttpServerRequest request) {
        if ((operation == null || !operation.getSecurityRequirements().isEmpty()) && !authentication.admits(request)) {
            return Problem.unauthorized();
        }
        if (path == null) {
            return new Problem(
                    404,
                    "no_such_route",
                    "Cannot find '%s': there is no such route. /api/v1/openapi lists them.".formatted(uri));
        }
        if (operation == null) {
            return methodNotAllowed(path, request);
        }
        if (!isAcceptable(operation, request.getHeader(HttpHeaders.ACCEPT))) {
            return new Problem(
                    406,
                    "not_acceptable",
                    "Cannot answer in a media type of the Accept header. Expected one of %s."
                            .formatted(String.join(", ", mediaTypes(operation))));
        }
        return operation.getRequestBody() == null || isTakenOrNothing(operation, request)
                ? null
                : unsupportedMediaType(operation);
    }

    private static @Nullable Operation operation(Path path, HttpServerRequest request) {
        return path.getOperations().stream()
                .filter(operation -> operation.getHttpMethod().equals(request.method()))
                .findFirst()
                .orElse(null);
    }

    private static Problem methodNotAllowed(Path path, HttpServerRequest request) {
        String allowed = path.getOperations().stream()
                .map(operation -> operation.getHttpMethod().name())
                .sorted()
                .collect(Collectors.joining(", "));
        return new Problem(
                405,
                "method_not_allowed",
                "Cannot %s this route. Expected one of %s.".formatted(request.method(), allowed),
                List.of(),
                Map.of("Allow", allowed));
    }

    private static Problem unsupportedMediaType(Operation operation) {
        return new Problem(
                415,
                "unsupported_media_type",
                takesJson(operation)
                        ? "Cannot read the body: it is not said to be JSON. Expected the header 'Content-Type: application/json'."
                        : "Cannot read the body: it is not said to be a jar. Expected the header 'Content-Type: %s'."
                                .formatted(ApiResponse.BYTES));
    }

    /** Whether its body is JSON, as all are but a jar. */
    static boolean takesJson(Operation operation) {
        return operation.getRequestBody() == null
                || operation.getRequestBody().getContent().containsKey(ApiResponse.JSON);
    }

    private static boolean isTakenOrNothing(Operation operation, HttpServerRequest request) {
        String contentType = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (contentType != null) {
            return mediaType(contentType).equals(takesJson(operation) ? ApiResponse.JSON : ApiResponse.BYTES);
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null && (length == null || length.equals("0"));
    }

    private static Set<String> mediaTypes(Operation operation) {
        Set<String> types = new TreeSet<>();
        operation.getOpenAPIModel().getJsonObject("responses").forEach(response -> {
            if (response.getKey().startsWith("2")) {
                int status = Integer.parseInt(response.getKey());
                types.addAll(operation.getResponse(status).getContent().keySet());
            }
        });
        return types;
    }

    private static boolean isAcceptable(Operation operation, @Nullable String accept) {
        Set<String> offered = mediaTypes(operation);
        // These go by their stand-ins in the contract; whoever asks for them gets them.
        if (accept == null || offered.isEmpty() || STOOD_IN.contains(operation.getOperationId())) {
            return true;
        }
        return Arrays.stream(accept.split(","))
                .map(Gate::mediaType)
                .anyMatch(range -> range.equals("*/*")
                        || offered.contains(range)
                        || (range.endsWith("/*")
                                && offered.stream()
                                        .anyMatch(type -> type.startsWith(range.substring(0, range.length() - 1)))));
    }

    private static String mediaType(String header) {
        return header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
