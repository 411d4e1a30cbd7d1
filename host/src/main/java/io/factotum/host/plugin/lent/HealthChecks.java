package io.factotum.host.plugin.lent;

import io.factotum.api.health.Health;
import io.factotum.api.health.HealthCheck;
import io.factotum.api.health.HealthStatus;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One plugin's health checks. */
public final class HealthChecks implements Health {

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int MAX_MESSAGE = 1000;

    private record Finding(String name, HealthStatus status) {}

    private final PluginCall call;
    private final Map<String, HealthCheck> checks = new ConcurrentSkipListMap<>();

    HealthChecks(PluginCall call) {
        this.call = call;
    }

    @Override
    public Health check(String name, HealthCheck check) {
        Objects.requireNonNull(check, "check");
        if (!name.matches("[a-z][a-z0-9-]{0,40}")) {
            throw new IllegalArgumentException(
                    "Cannot add health check '%s'. Expected a lower-case word such as 'engine'.".formatted(name));
        }
        if (checks.putIfAbsent(name, check) != null) {
            throw new IllegalArgumentException(
                    "Cannot add health check '%s': there is such a check already.".formatted(name));
        }
        return this;
    }

    /** Looks: {@code {status: UP | DOWN, checks: [{name, status, message}]}}. Any context; never fails. */
    public Future<JsonObject> look() {
        List<Future<Finding>> findings = new ArrayList<>();
        checks.forEach((name, check) -> findings.add(look(name, check)));
        return Future.join(findings).map(all -> told(all.list()));
    }

    private Future<Finding> look(String name, HealthCheck check) {
        return call.<HealthStatus>async(check::look)
                .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .transform(answer -> {
                    HealthStatus status = answer.succeeded() ? answer.result() : HealthStatus.down(why(answer.cause()));
                    return Future.succeededFuture(
                            new Finding(name, status == null ? HealthStatus.down("It answered null.") : status));
                });
    }

    // As text: an exception of a plugin's would keep its classes alive.
    private static String why(Throwable cause) {
        return cause instanceof TimeoutException
                ? "It did not answer within %d s.".formatted(LIMIT.toSeconds())
                : String.valueOf(cause);
    }

    private static JsonObject told(List<Finding> findings) {
        JsonArray each = new JsonArray();
        boolean up = true;
        for (Finding finding : findings) {
            HealthStatus status = finding.status();
            up &= status.isUp();
            JsonObject json = new JsonObject().put("name", finding.name()).put("status", word(status.isUp()));
            String message = String.valueOf(status.message());
            if (!message.isEmpty()) {
                json.put("message", message.substring(0, Math.min(MAX_MESSAGE, message.length())));
            }
            each.add(json);
        }
        return new JsonObject().put("status", word(up)).put("checks", each);
    }

    private static String word(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
