package io.factotum.host.plugin.lent;

import io.factotum.api.admin.AdminHandler;
import io.factotum.api.admin.AdminRequest;
import io.factotum.api.admin.AdminResponse;
import io.factotum.api.admin.AdminRoutes;
import io.factotum.host.Refusal;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One plugin's routes. */
public final class RouteTable implements AdminRoutes {

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

    private record Route(String method, PathTemplate path, AdminHandler handler) {}

    private record Match(Route route, Map<String, String> parameters) {}

    private final String id;
    private final PluginCall call;
    private final List<Route> routes = new CopyOnWriteArrayList<>();

    RouteTable(String id, PluginCall call) {
        this.id = id;
        this.call = call;
    }

    @Override
    public AdminRoutes route(String method, String path, AdminHandler handler) {
        Objects.requireNonNull(handler, "handler");
        if (!METHODS.contains(method)) {
            throw new IllegalArgumentException("Cannot add a route for method '%s'. Expected one of %s."
                    .formatted(method, String.join(", ", METHODS)));
        }
        PathTemplate template = PathTemplate.parse(path);
        synchronized (routes) {
            if (routes.stream()
                    .anyMatch(other ->
                            other.method().equals(method) && other.path().isLike(template))) {
                throw new IllegalArgumentException(
                        "Cannot add route '%s %s': there is such a route already.".formatted(method, path));
            }
            routes.add(new Route(method, template, handler));
            routes.sort(Comparator.comparing(route -> route.path().shape()));
        }
        return this;
    }

    /**
     * Has the plugin answer. Any context; the answer comes there.
     *
     * @param request without parameters
     * @param segments of its path, decoded
     * @return fails with a {@link Refusal} if there is no such route, or with what the plugin failed with
     */
    public Future<AdminResponse> answer(AdminRequest request, List<String> segments) {
        List<Match> matches =
                routes.stream().flatMap(route -> matching(route, segments)).toList();
        if (matches.isEmpty()) {
            throw noSuchRoute(request.path());
        }
        Match match = matches.stream()
                .filter(candidate -> candidate.route().method().equals(request.method()))
                .findFirst()
                .orElseThrow(() -> otherMethod(request.method(), matches));
        AdminRequest whole = new AdminRequest(
                request.method(),
                request.path(),
                match.parameters(),
                request.query(),
                request.headers(),
                request.body());
        return call.async(() -> match.route().handler().handle(whole));
    }

    private static Stream<Match> matching(Route route, List<String> segments) {
        Map<String, String> parameters = route.path().match(segments);
        return parameters == null ? Stream.empty() : Stream.of(new Match(route, parameters));
    }

    private Refusal noSuchRoute(String path) {
        String known = routes.stream()
                .map(route ->
                        route.method() + " /" + String.join("/", route.path().segments()))
                .collect(Collectors.joining(", "));
        return new Refusal(
                404,
                "no_such_route",
                "Cannot find '%s': plugin '%s' has no such route. It has: %s."
                        .formatted(path, id, known.isEmpty() ? "none" : known));
    }

    private static Refusal otherMethod(String method, List<Match> matches) {
        String allowed =
                matches.stream().map(match -> match.route().method()).sorted().collect(Collectors.joining(", "));
        return new Refusal(
                        405,
                        "method_not_allowed",
                        "Cannot %s this route. Expected one of %s.".formatted(method, allowed))
                .with("Allow", allowed);
    }
}
