package io.factotum.host.http;

import io.factotum.host.offering.OfferingService;
import io.vertx.core.Future;
import java.util.Map;

/** Offerings. */
final class OfferingRoutes {

    private static final String PATH = "/api/v1/offerings/";

    private final OfferingService offerings;

    OfferingRoutes(OfferingService offerings) {
        this.offerings = offerings;
    }

    Map<String, Endpoint> endpoints() {
        return Map.of(
                "listOfferings",
                        request -> offerings.list(request.page("type", "name")).map(ApiResponse::ok),
                "createOffering", this::create,
                "getOffering", request -> offerings.get(request.id()).map(ApiResponse::ok),
                "replaceOffering",
                        request ->
                                offerings.replace(request.id(), request.body()).map(ApiResponse::ok),
                "deleteOffering", request -> offerings.delete(request.id()).map(gone -> ApiResponse.noContent()));
    }

    private Future<ApiResponse> create(ApiRequest request) {
        return offerings
                .create(request.body())
                .map(offering -> ApiResponse.created(PATH + offering.getString("uuid"), offering));
    }
}
