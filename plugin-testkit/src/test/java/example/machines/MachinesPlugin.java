package example.machines;

import io.factotum.api.Plugin;
import io.factotum.api.PluginContext;
import io.factotum.api.config.ConfigReader;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The plugin of docs/plugin-guide.md: it has machines made by a service that it calls over HTTP. */
public final class MachinesPlugin implements Plugin {

    private @Nullable HttpClient client;

    @Override
    public Future<?> start(PluginContext context) {
        ConfigReader config = new ConfigReader(context.configName(), context.config());
        Duration timeout =
                config.duration("connect-timeout", Duration.ofSeconds(5), "How long the service may take to connect.");
        int atOnce = (int) config.number("at-once", 2, 1, 100, "How many machines are made at once.");
        config.finish();

        client = context.vertx().createHttpClient(new HttpClientOptions().setConnectTimeout((int) timeout.toMillis()));
        context.slots(atOnce);
        Service service = new Service(client, context.secrets());
        Inventory inventory = new Inventory(context);
        new MachineRoutes(context, inventory).add();
        context.health().check("service", () -> Future.succeededFuture(service.health()));
        return context.serve(new MachineSettings(context.secrets()), new MachineHandler(context, service, inventory));
    }

    @Override
    public Future<?> stop() {
        return client == null ? Future.succeededFuture() : client.close();
    }
}
