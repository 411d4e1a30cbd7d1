package io.factotum.webhook;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.store.SecretBox;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Answers a lifecycle event by calling the offering's endpoint. An event that comes once more is sent once more, under the
 * same id: the endpoint knows whether it has carried it out. All state lives on the plugin's context.
 */
final class WebhookHandler implements LifecycleHandler {

    private final AllowedHosts allowedHosts;
    private final SecretBox secrets;
    private final Delivery.Tools tools;
    private final Map<UUID, Delivery> underWay = new HashMap<>();

    WebhookHandler(AllowedHosts allowedHosts, SecretBox secrets, Delivery.Tools tools) {
        this.allowedHosts = allowedHosts;
        this.secrets = secrets;
        this.tools = tools;
    }

    @Override
    public Future<LifecycleResult> handle(LifecycleEvent event) {
        try {
            JsonObject stored = event.offering().settings();
            WebhookSettings settings = WebhookSettings.of(stored, allowedHosts);
            Optional<Target> target = settings.target(event.type());
            return target.isEmpty()
                    ? Future.succeededFuture(LifecycleResult.succeeded())
                    : deliver(
                            event,
                            settings,
                            target.get(),
                            Credentials.stored(stored).open(secrets));
        } catch (IllegalArgumentException unusable) {
            return Future.succeededFuture(LifecycleResult.failed(
                    Outcome.FAILED, "bad_settings", "Cannot call the endpoint: %s".formatted(unusable.getMessage())));
        }
    }

    @Override
    public Future<Void> cancel(UUID runId) {
        Delivery delivery = underWay.get(runId);
        if (delivery != null) {
            delivery.cancel();
        }
        return Future.succeededFuture();
    }

    /** Leaves all that is under way, to be delivered again. */
    void stop() {
        List.copyOf(underWay.values()).forEach(Delivery::abandon);
    }

    private Future<LifecycleResult> deliver(
            LifecycleEvent event, WebhookSettings settings, Target target, Credentials.Opened credentials) {
        EndpointClient.Call call = new EndpointClient.Call(
                event.id(), target, credentials, message(event).toBuffer());
        Delivery delivery = new Delivery(tools, event, call, settings);
        Delivery before = underWay.put(event.id(), delivery);
        if (before != null) {
            before.abandon();
        }
        return delivery.carryOut().onComplete(done -> underWay.remove(event.id(), delivery));
    }

    /** The event as on the bus, without the offering's settings: they are between the operator and the plugin. */
    static JsonObject message(LifecycleEvent event) {
        JsonObject message = event.toJson();
        message.getJsonObject("data").getJsonObject("offering").remove("settings");
        return message;
    }
}
