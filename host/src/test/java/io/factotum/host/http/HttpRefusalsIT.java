package io.factotum.host.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.storage.TestPostgres;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.openapi.contract.Operation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused for its route, method, type, size or token, before anybody reads what it asks for. */
class HttpRefusalsIT {

    private static ApiHarness api;

    @BeforeAll
    static void start() {
        api = new ApiHarness(TestPostgres::newDatabase);
        api.offering("databases");
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void bodyThatIsTooLargeIsRefusedWithTheLimit() {
        JsonObject body = ApiHarness.offeringBody("large").put("description", "x".repeat(ApiHarness.BODY_LIMIT));

        HttpResponse<Buffer> refused = api.client.post("/api/v1/offerings", body);

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.bodyAsJsonObject().getString("code")).isEqualTo("too_large");
        assertThat(refused.bodyAsJsonObject().getString("detail")).contains("6291456 bytes");
    }

    @Test
    void largeBodyWithinTheLimitIsAccepted() {
        JsonObject body = ApiHarness.offeringBody("four scripts");
        body.getJsonObject("settings").put("create", "#".repeat(5 * 1024 * 1024));
        assertThat(api.client.post("/api/v1/offerings", body).statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"})
    void bodyThatIsNotJsonIsUnsupported(String type) {
        HttpResponse<Buffer> refused = api.client.call(
                HttpMethod.POST, "/api/v1/resources", Map.of("Content-Type", type), Buffer.buffer("{}"));
        assertThat(refused.statusCode()).isEqualTo(415);
    }

    @Test
    void answerThatNobodyAcceptsIsNotGiven() {
        assertThat(withAccept("text/html").statusCode()).isEqualTo(406);
        assertThat(withAccept("text/html, application/*;q=0.5").statusCode()).isEqualTo(200);
        assertThat(withAccept("*/*").statusCode()).isEqualTo(200);
    }

    @Test
    void unknownRouteIsNotFound() {
        for (String path : List.of("/", "/api/v1/nothing", "/api/v1/orders/", "/api/v1/orders//", "/api/v2/orders")) {
            HttpResponse<Buffer> refused = api.client.get(path);
            assertThat(refused.statusCode()).as(path).isEqualTo(404);
            assertThat(refused.bodyAsJsonObject().getString("code")).isEqualTo("no_such_route");
        }
    }

    @Test
    void wrongMethodIsToldTheRightOnes() {
        HttpResponse<Buffer> refused = api.client.call(HttpMethod.DELETE, "/api/v1/resources", null);
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.getHeader("Allow")).isEqualTo("GET, POST");
    }

    @Test
    void nothingButHealthIsServedWithoutTheToken() {
        for (Operation operation : api.contract.openApi().operations()) {
            String path = operation.getAbsoluteOpenAPIPath().replace("{id}", ApiHarness.unknown());
            HttpResponse<Buffer> response = api.client.call(
                    operation.getHttpMethod(), path, Map.of("Authorization", "Bearer wrong"), Buffer.buffer());
            if (operation.getTags().contains("health")) {
                assertThat(response.statusCode()).as(path).isEqualTo(200);
            } else {
                assertThat(response.statusCode()).as(path).isEqualTo(401);
                assertThat(response.getHeader("WWW-Authenticate")).startsWith("Bearer");
            }
        }
        assertThat(api.client
                        .call(HttpMethod.GET, "/api/v1/nothing", Map.of("Authorization", "Basic x"), Buffer.buffer())
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void brokenHttpIsAnsweredWithoutLosingTheServer() {
        NetSocket socket = TestPostgres.join(api.vertx.createNetClient().connect(api.port, "127.0.0.1"));
        io.vertx.core.Promise<String> answer = io.vertx.core.Promise.promise();
        Buffer received = Buffer.buffer();
        socket.handler(received::appendBuffer).closeHandler(closed -> answer.complete(received.toString()));
        socket.write("GET /api/v1/orders?name=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                + api.authentication.token() + "\r\n\r\n");
        assertThat(TestPostgres.join(answer.future()))
                .startsWith("HTTP/1.1 400")
                .contains("problem+json");
        assertThat(api.client.get("/health/live").statusCode()).isEqualTo(200);
    }

    private static HttpResponse<Buffer> withAccept(String accept) {
        return api.client.call(HttpMethod.GET, "/api/v1/orders", Map.of("Accept", accept), Buffer.buffer());
    }

    private static HttpResponse<Buffer> post(String body) {
        return api.client.call(
                HttpMethod.POST, "/api/v1/resources", Map.of("Content-Type", "application/json"), Buffer.buffer(body));
    }
}
