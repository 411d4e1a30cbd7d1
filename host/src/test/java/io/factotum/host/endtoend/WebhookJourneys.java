package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;

/** A host with the webhook plugin, and an endpoint. */
abstract class WebhookJourneys extends EndToEnd {

    final HookEndpoint endpoint = new HookEndpoint();

    WebhookJourneys() {
        super(Where.PROCESS);
    }

    @Override
    void configure(Installation installation) {
        installation.withPlugin("webhook", """
                allowed-hosts: [127.0.0.1]
                retry-delay: PT0.1S
                retry-delay-max: PT0.5S
                hold: PT0.3S
                """);
    }

    @AfterAll
    void stopTheEndpoint() {
        endpoint.close();
    }

    void assertDone(Placed placed) {
        JsonObject run = api().ended(placed.run());
        assertThat(run.getString("state")).as("state of %s", run).isEqualTo("SUCCEEDED");
        assertThat(api().order(placed).getString("state")).isEqualTo("DONE");
    }
}
