package example.machines;

import io.factotum.api.health.HealthStatus;
import io.factotum.api.resource.Offering;
import io.factotum.api.store.SecretBox;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;

/** The service that has the machines: {@code PUT, GET, DELETE <url>/<name>}. */
final class Service {

    private final HttpClient client;
    private final SecretBox secrets;
    private String fault = "";

    Service(HttpClient client, SecretBox secrets) {
        this.client = client;
        this.secrets = secrets;
    }

    Future<Boolean> has(Offering offering, String name) {
        return call(HttpMethod.GET, offering, name).map(status -> status == 200);
    }

    Future<Void> make(Offering offering, String name) {
        return call(HttpMethod.PUT, offering, name).compose(status -> demand(status, "make", name));
    }

    Future<Void> remove(Offering offering, String name) {
        return call(HttpMethod.DELETE, offering, name).compose(status -> demand(status, "remove", name));
    }

    /** As the last call found it. */
    HealthStatus health() {
        return fault.isEmpty() ? HealthStatus.up() : HealthStatus.down(fault);
    }

    private Future<Integer> call(HttpMethod method, Offering offering, String name) {
        String token = secrets.open(offering.settings().getString("token"));
        return client.request(new RequestOptions()
                        .setMethod(method)
                        .setAbsoluteURI(offering.settings().getString("url") + "/" + name)
                        .putHeader("Authorization", "Bearer " + token))
                .compose(request -> request.send())
                .compose(response -> response.body().map(read -> response.statusCode()))
                .onSuccess(status -> fault = "")
                .onFailure(thrown -> fault = "The service does not answer: " + thrown.getMessage());
    }

    private static Future<Void> demand(int status, String verb, String name) {
        return status / 100 == 2
                ? Future.succeededFuture()
                : Future.failedFuture(
                        "Cannot %s machine '%s': the service answers with status %d.".formatted(verb, name, status));
    }
}
