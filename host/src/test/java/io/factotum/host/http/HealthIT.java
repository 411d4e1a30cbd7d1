package io.factotum.host.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.storage.Database;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class HealthIT {

    @Test
    void hostIsReadyWhenAllOfItsChecksPass() {
        ApiHarness api = new ApiHarness(TestPostgres::newDatabase);
        try {
            assertThat(api.client.get("/health/live").bodyAsJsonObject())
                    .isEqualTo(new JsonObject().put("status", "UP"));
            assertThat(api.client.get("/health/ready").statusCode()).isEqualTo(200);
        } finally {
            api.close();
        }
    }

    @Test
    void withoutItsDatabaseTheHostIsAliveNotReadyAndAsksToTryAgain() {
        ApiHarness api = new ApiHarness(HealthIT::nowhere);
        try {
            assertThat(api.client.get("/health/live").statusCode()).isEqualTo(200);

            HttpResponse<Buffer> ready = api.client.get("/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.bodyAsJsonObject().getString("code")).isEqualTo("not_ready");
            assertThat(ready.bodyAsJsonObject().getJsonArray("errors"))
                    .isEqualTo(new JsonArray()
                            .add(new JsonObject().put("check", "database").put("message", "It does not answer.")));

            HttpResponse<Buffer> orders = api.client.get("/api/v1/orders");
            assertThat(orders.statusCode()).isEqualTo(503);
            assertThat(orders.getHeader("Retry-After")).isEqualTo("2");
        } finally {
            api.close();
        }
    }

    @Test
    void reasonsOfEachCheckThatFailsAreTold() {
        ApiHarness api = new ApiHarness(
                TestPostgres::newDatabase,
                java.util.Map.of("dispatcher", () -> Future.failedFuture("It has not started yet.")));
        try {
            assertThat(api.client.get("/health/ready").bodyAsJsonObject().getJsonArray("errors"))
                    .isEqualTo(new JsonArray()
                            .add(new JsonObject()
                                    .put("check", "dispatcher")
                                    .put("message", "It has not started yet.")));
        } finally {
            api.close();
        }
    }

    private static Database nowhere(Vertx vertx) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Database(
                    vertx,
                    new PgConnectOptions()
                            .setHost("127.0.0.1")
                            .setPort(socket.getLocalPort())
                            .setDatabase("x")
                            .setUser("x")
                            .setPassword("x"),
                    1);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
