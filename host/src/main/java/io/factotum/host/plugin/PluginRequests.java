package io.factotum.host.plugin;

import io.factotum.api.admin.AdminRefusal;
import io.factotum.api.admin.AdminRequest;
import io.factotum.api.admin.AdminResponse;
import io.factotum.host.Refusal;
import io.factotum.host.plugin.lent.Loan;
import io.factotum.host.plugin.lent.PluginStoppedException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has plugins answer HTTP requests to their own routes. Any context; answers come there. */
public final class PluginRequests {

    private static final Logger LOG = LoggerFactory.getLogger(PluginRequests.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final PluginHome home;

    PluginRequests(PluginHome home) {
        this.home = home;
    }

    /**
     * The answer of that plugin.
     *
     * @param request without parameters
     * @param segments of its path below the plugin's own, decoded
     * @return fails with a {@link Refusal}
     */
    public Future<AdminResponse> answer(String id, AdminRequest request, List<String> segments) {
        if (home.register().find(id).isEmpty()) {
            return Future.failedFuture(Refusal.notFound("plugin", id));
        }
        Loan loan = home.loans().get(id);
        if (loan == null) {
            return Future.failedFuture(notActive(id));
        }
        return Future.<AdminResponse>future(
                        answer -> loan.routes().answer(request, segments).onComplete(answer))
                .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .recover(thrown -> Future.failedFuture(refusal(id, request, thrown)))
                .compose(answer -> answer == null
                        ? Future.failedFuture(
                                refusal(id, request, new NullPointerException("it answered null. Expected a response")))
                        : Future.succeededFuture(answer));
    }

    private static Refusal refusal(String id, AdminRequest request, Throwable thrown) {
        if (thrown instanceof Refusal refusal) {
            return refusal;
        }
        if (thrown instanceof AdminRefusal refused) {
            return new Refusal(refused.status(), refused.code(), String.valueOf(refused.getMessage()));
        }
        if (thrown instanceof PluginStoppedException) {
            return notActive(id);
        }
        if (thrown instanceof TimeoutException) {
            return new Refusal(
                    504,
                    "plugin_timeout",
                    "Cannot answer the request: plugin '%s' did not answer within %d s. Whether it does what was asked is not known."
                            .formatted(id, LIMIT.toSeconds()));
        }
        UUID trouble = UUID.randomUUID();
        PluginFailure failure = PluginFailure.of("Plugin '%s' failed".formatted(id), thrown);
        LOG.error(
                "Plugin cannot answer a request id={} plugin={} {} {}\n{}",
                trouble,
                id,
                request.method(),
                request.path(),
                failure.trace());
        return new Refusal(
                500,
                "plugin_failed",
                "Cannot answer the request: plugin '%s' failed on it. The host's log tells what, under id '%s'."
                        .formatted(id, trouble));
    }

    private static Refusal notActive(String id) {
        return new Refusal(
                        503,
                        "plugin_not_active",
                        "Cannot answer the request: plugin '%s' is not active. GET /api/v1/plugins/%s tells why."
                                .formatted(id, id))
                .with("Retry-After", "2");
    }
}
