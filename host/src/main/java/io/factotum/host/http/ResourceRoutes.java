package io.factotum.host.http;

import io.factotum.host.Refusal;
import io.factotum.host.storage.PageRequest;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Resources, what they have used and reported, and the orders that change them. */
final class ResourceRoutes {

    private final PgViews views;
    private final LifecycleOperations lifecycle;

    ResourceRoutes(PgViews views, LifecycleOperations lifecycle) {
        this.views = views;
        this.lifecycle = lifecycle;
    }

    Map<String, Endpoint> endpoints() {
        Map<String, Endpoint> endpoints = new HashMap<>();
        endpoints.put("listResources", request -> views.resources(
                        request.page("state", "offering", "customer", "project", "name"))
                .map(ApiResponse::ok));
        endpoints.put("getResource", request -> resource(request.id()).map(ApiResponse::ok));
        endpoints.put("createResource", request -> submit(request, body(request, "create")));
        endpoints.put("updateResource", request -> submit(request, change(request, "update")));
        endpoints.put("terminateResource", request -> submit(request, change(request, "terminate")));
        endpoints.put("pullResource", this::pull);
        endpoints.put("getReport", this::report);
        endpoints.put("listResourceUsages", this::resourceUsages);
        endpoints.put("listUsages", request -> views.usages(request.page("month", "component", "resource"))
                .map(ApiResponse::ok));
        endpoints.put("listOrders", request -> views.orders(request.page("state", "type", "resource"))
                .map(ApiResponse::ok));
        endpoints.put("getOrder", request -> views.order(request.id())
                .map(order -> ApiResponse.ok(order.orElseThrow(() -> Refusal.notFound("order", request.id())))));
        return endpoints;
    }

    private Future<ApiResponse> submit(ApiRequest request, JsonObject order) {
        return lifecycle
                .submit(order, request.parameter("Idempotency-Key"))
                .map(written -> ApiResponse.accepted(
                        "/api/v1/orders/" + written.getJsonObject("order").getString("uuid"), written));
    }

    private static JsonObject body(ApiRequest request, String type) {
        return request.body().copy().put("type", type);
    }

    private static JsonObject change(ApiRequest request, String type) {
        return body(request, type).put("resource", request.id().toString());
    }

    private Future<ApiResponse> pull(ApiRequest request) {
        return lifecycle
                .pullNow(request.id())
                .map(run -> ApiResponse.accepted(
                        "/api/v1/runs/" + run.getString("uuid"), new JsonObject().put("run", run)));
    }

    private Future<ApiResponse> report(ApiRequest request) {
        return views.report(request.id())
                .map(report -> ApiResponse.ok(report.orElseThrow(() -> Refusal.notFound("resource", request.id()))));
    }

    private Future<ApiResponse> resourceUsages(ApiRequest request) {
        PageRequest page = request.page("month", "component");
        Map<String, String> filters = new HashMap<>(page.filters());
        filters.put("resource", request.id().toString());
        return resource(request.id())
                .compose(there -> views.usages(new PageRequest(filters, page.limit(), page.cursor())))
                .map(ApiResponse::ok);
    }

    private Future<JsonObject> resource(UUID id) {
        return views.resource(id).map(found -> found.orElseThrow(() -> Refusal.notFound("resource", id)));
    }
}
