package io.factotum.host.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.storage.TestPostgres;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What comes to a plugin of a request, and what goes out of its answer. */
class ExtensionsApiIT {

    private static final String PATH = "/api/v1/ext/test-type";
    private static ApiHarness api;
    private static WebClient anybody;

    @BeforeAll
    static void start() {
        api = new ApiHarness(TestPostgres::newDatabase);
        anybody = WebClient.create(api.vertx);
    }

    @AfterAll
    static void stop() {
        anybody.close();
        api.close();
    }

    private static HttpResponse<Buffer> send(HttpMethod method, String path, Map<String, String> headers, Buffer body) {
        var request = anybody.request(method, api.port, "127.0.0.1", path);
        headers.forEach(request::putHeader);
        return TestPostgres.join(body.length() == 0 ? request.send() : request.sendBuffer(body));
    }

    private static HttpResponse<Buffer> admitted(HttpMethod method, String path, Buffer body) {
        return send(
                method, path, Map.of("Authorization", "Bearer " + api.authentication.token(), "X-Asked", "a"), body);
    }

    @Test
    void aRequestComesInPlainValuesWithoutTheToken() {
        HttpResponse<Buffer> answer =
                admitted(HttpMethod.PUT, PATH + "/items/a%2Fb%20c/?x=1&x=2&y=%C3%A4", Buffer.buffer("hello"));

        assertThat(answer.statusCode()).isEqualTo(201);
        JsonObject seen = answer.bodyAsJsonObject();
        assertThat(seen.getString("method")).isEqualTo("PUT");
        assertThat(seen.getJsonArray("segments")).isEqualTo(JsonArray.of("items", "a/b c"));
        assertThat(seen.getJsonObject("query"))
                .isEqualTo(new JsonObject().put("x", JsonArray.of("1", "2")).put("y", JsonArray.of("ä")));
        assertThat(seen.getString("body")).isEqualTo("hello");
        assertThat(seen.getJsonObject("headers").getString("x-asked")).isEqualTo("a");
        assertThat(seen.encode()).doesNotContain(api.authentication.token()).doesNotContain("authorization");
    }

    @Test
    void anAnswerKeepsItsHeadersButThoseOfTheConnection() {
        HttpResponse<Buffer> answer = admitted(HttpMethod.GET, PATH, Buffer.buffer());

        assertThat(answer.getHeader("X-Own")).isEqualTo("yes");
        assertThat(answer.getHeader("Set-Cookie")).isNull();
        assertThat(answer.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.bodyAsJsonObject().getString("path")).isEqualTo("/");
        assertThat(answer.bodyAsJsonObject().getJsonArray("segments")).isEmpty();
    }

    @Test
    void nobodyComesInWithoutTheTokenWhateverTheySend() {
        HttpResponse<Buffer> answer =
                send(HttpMethod.POST, PATH, Map.of(), Buffer.buffer(new byte[ApiHarness.BODY_LIMIT + 1]));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void wrongRequestsAreToldAsProblems() {
        HttpResponse<Buffer> large =
                admitted(HttpMethod.POST, PATH, Buffer.buffer(new byte[ApiHarness.BODY_LIMIT + 1]));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(admitted(HttpMethod.GET, PATH + "/%zz", Buffer.buffer()).statusCode())
                .isEqualTo(400);
        HttpResponse<Buffer> nobody = admitted(HttpMethod.GET, "/api/v1/ext/another/x", Buffer.buffer());
        assertThat(nobody.statusCode()).isEqualTo(404);
        assertThat(nobody.bodyAsJsonObject().getString("detail")).contains("Cannot find plugin 'another'");
    }

    @Test
    void metricsAreThereForWhoHasTheToken() {
        assertThat(api.client.get("/metrics").bodyAsString()).isEqualTo("test_meter 1.0\n");
        assertThat(send(HttpMethod.GET, "/metrics", Map.of(), Buffer.buffer()).statusCode())
                .isEqualTo(401);
    }
}
