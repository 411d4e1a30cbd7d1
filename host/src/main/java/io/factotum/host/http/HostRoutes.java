package io.factotum.host.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health, metrics, and the OpenAPI file itself. */
final class HostRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(HostRoutes.class);
    private static final Duration READY_WITHIN = Duration.ofSeconds(3);
    private static final JsonObject UP = new JsonObject().put("status", "UP");

    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private final ApiContract contract;
    private final Map<String, Supplier<Future<Void>>> readiness;
    private final Supplier<String> metrics;

    HostRoutes(ApiContract contract, Map<String, Supplier<Future<Void>>> readiness, Supplier<String> metrics) {
        this.metrics = metrics;
        this.contract = contract;
        this.readiness = new TreeMap<>(readiness);
    }

    Map<String, Endpoint> endpoints() {
        return Map.of(
                "live", request -> Future.succeededFuture(ApiResponse.ok(UP)),
                "ready", request -> ready(),
                "metrics", request -> Future.succeededFuture(ApiResponse.text(METRICS, metrics.get())),
                "openapi", request -> Future.succeededFuture(ApiResponse.text("application/yaml", contract.text())));
    }

    private Future<ApiResponse> ready() {
        List<JsonObject> errors = new ArrayList<>();
        List<Future<Void>> checks = new ArrayList<>();
        readiness.forEach((name, check) -> checks.add(check.get()
                .timeout(READY_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> {
                    LOG.warn("Not ready check={}: {}", name, failure.getMessage());
                    errors.add(new JsonObject().put("check", name).put("message", reason(failure)));
                    return Future.succeededFuture();
                })));
        return Future.join(checks).map(all -> {
            if (errors.isEmpty()) {
                return ApiResponse.ok(UP);
            }
            throw new ProblemException(new Problem(
                    503,
                    "not_ready",
                    "Cannot serve requests yet, see errors.",
                    List.copyOf(errors),
                    Map.of("Retry-After", "2")));
        });
    }

    /** Health is open to everybody, so what a driver says of its connection stays in the log. */
    private static String reason(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "It does not answer within %d seconds.".formatted(READY_WITHIN.toSeconds());
        }
        return failure instanceof DatabaseException || failure instanceof IOException
                ? "It does not answer."
                : String.valueOf(failure.getMessage());
    }
}
