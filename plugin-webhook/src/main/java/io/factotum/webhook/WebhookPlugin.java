package io.factotum.webhook;

import io.factotum.api.Plugin;
import io.factotum.api.PluginContext;
import io.factotum.api.config.ConfigReader;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls an offering's own HTTP endpoint at each lifecycle event. */
public final class WebhookPlugin implements Plugin {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookPlugin.class);

    private @Nullable WebhookHandler handler;
    private @Nullable HttpClient http;

    @Override
    public Future<?> start(PluginContext context) {
        ConfigReader reader = new ConfigReader(context.configName(), context.config());
        WebhookConfig config = WebhookConfig.read(reader);
        reader.finish();
        int slots = config.concurrency() == 0 ? Math.max(1, context.hostSlots() / 2) : config.concurrency();
        return clientOptions(context, config).compose(options -> serve(context, config, options, slots));
    }

    /** What is under way is broken off, and sent again under the same id once a plugin serves it. */
    @Override
    public Future<?> stop() {
        if (handler != null) {
            handler.stop();
        }
        return http == null ? Future.succeededFuture() : http.close();
    }

    private static Future<HttpClientOptions> clientOptions(PluginContext context, WebhookConfig config) {
        HttpClientOptions options = new HttpClientOptions();
        if (config.trustCertificates().isEmpty()) {
            return Future.succeededFuture(options);
        }
        return context.blocking(() -> Trust.with(context.configName(), config.trustCertificates()))
                .map(options::setTrustOptions);
    }

    private Future<Void> serve(PluginContext context, WebhookConfig config, HttpClientOptions options, int slots) {
        // Made on the plugin's context: it ends with the plugin even if stop is not called.
        HttpClient made = context.vertx()
                .httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(slots))
                // What is wrong with a connection is told with its request; the log need not hear of it as well.
                .withConnectHandler(connection -> connection.exceptionHandler(told -> {}))
                .build();
        http = made;
        EndpointClient client = new EndpointClient(
                context.vertx(),
                made,
                new Resolver(context.vertx(), config.allowedHosts()),
                context.clock(),
                config.maxResponse(),
                "Factotum/" + context.version());
        WebhookHandler serving = new WebhookHandler(
                config.allowedHosts(),
                context.secrets(),
                new Delivery.Tools(
                        context.vertx(),
                        context.clock(),
                        context.runs(),
                        client,
                        new AttemptTimes(context.meters()),
                        config.backoff(),
                        config.hold(),
                        new SecureRandom()));
        handler = serving;
        context.slots(slots);
        LOG.info(
                "Endpoints are called concurrency={} hosts={}",
                slots,
                config.allowedHosts().shown());
        return context.serve(new WebhookOfferings(config.allowedHosts(), context.secrets()), serving);
    }
}
