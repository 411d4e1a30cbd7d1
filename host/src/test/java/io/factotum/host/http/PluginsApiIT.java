package io.factotum.host.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.storage.TestPostgres;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginsApiIT {

    private static final String PATH = "/api/v1/plugins";
    private static ApiHarness api;

    @BeforeAll
    static void start() {
        api = new ApiHarness(TestPostgres::newDatabase);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void forget() {
        api.plugins.asked.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"enable", "disable", "reload", "retry", "rollback"})
    void whatIsAskedOfAPluginIsAnsweredWithThePlugin(String verb) {
        HttpResponse<Buffer> answer = api.client.post(PATH + "/test-type/" + verb, null);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.bodyAsJsonObject().getString("id")).isEqualTo("test-type");
        assertThat(api.plugins.asked).containsExactly(verb + " test-type");
        assertThat(api.client.post(PATH + "/another/" + verb, null).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aPluginIsReadAndRemoved() {
        assertThat(api.client.get(PATH + "/test-type").bodyAsJsonObject().getString("state"))
                .isEqualTo("ACTIVE");
        assertThat(api.client.get(PATH + "/another").statusCode()).isEqualTo(404);
        assertThat(api.client.call(HttpMethod.DELETE, PATH + "/test-type", null).statusCode())
                .isEqualTo(204);
        assertThat(api.plugins.asked).endsWith("remove test-type");
    }

    @Test
    void aConfigurationIsCheckedAndChanged() {
        assertThat(api.client
                        .get(PATH + "/test-type/config-schema")
                        .bodyAsJsonObject()
                        .getString("title"))
                .isEqualTo("test-type");
        JsonObject config = new JsonObject().put("voice", "loud");

        HttpResponse<Buffer> tried = api.client.call(HttpMethod.PUT, PATH + "/test-type/config?dry_run=true", config);
        assertThat(tried.bodyAsJsonObject()).isEqualTo(new JsonObject().put("config", config));
        assertThat(api.plugins.asked).isEmpty();

        assertThat(api.client
                        .call(HttpMethod.PUT, PATH + "/test-type/config", config)
                        .statusCode())
                .isEqualTo(200);
        assertThat(api.plugins.asked).containsExactly("configure {\"voice\":\"loud\"} test-type");
        assertThat(api.client
                        .call(HttpMethod.PUT, PATH + "/test-type/config?dry_run=perhaps", config)
                        .statusCode())
                .isEqualTo(400);
        assertThat(api.client
                        .call(HttpMethod.PUT, PATH + "/test-type/config", null)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aJarLargerThanOtherBodiesIsTaken() {
        int size = ApiHarness.BODY_LIMIT + 1000;

        HttpResponse<Buffer> answer = api.client.call(
                HttpMethod.POST,
                PATH,
                Map.of("Content-Type", "application/octet-stream"),
                Buffer.buffer(new byte[size]));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(api.plugins.asked).containsExactly("upload " + size + " test-type");
    }

    @Test
    void theProofOfAJarIsHandedOn() {
        api.client.call(
                HttpMethod.POST,
                PATH,
                Map.of("Content-Type", "application/octet-stream", "X-Factotum-Proof", "c2lnbmVk"),
                Buffer.buffer("jar"));

        assertThat(api.plugins.asked).containsExactly("upload 3 c2lnbmVk test-type");
    }

    @Test
    void anUploadThatIsNoJarIsRefused() {
        HttpResponse<Buffer> json =
                api.client.call(HttpMethod.POST, PATH, Map.of("Content-Type", "application/json"), Buffer.buffer("{}"));
        assertThat(json.statusCode()).isEqualTo(415);
        assertThat(json.bodyAsJsonObject().getString("detail")).contains("application/octet-stream");

        HttpResponse<Buffer> nothing = api.client.post(PATH, null);
        assertThat(nothing.statusCode()).isEqualTo(400);
        assertThat(nothing.bodyAsJsonObject().encode()).contains("Expected a jar");
        assertThat(api.plugins.asked).isEmpty();
    }

    @Test
    void withoutTheTokenNothingIsDone() {
        for (HttpMethod method : new HttpMethod[] {HttpMethod.POST, HttpMethod.GET}) {
            assertThat(api.client
                            .call(method, PATH, Map.of("Authorization", "Bearer no"), Buffer.buffer())
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThat(api.plugins.asked).isEmpty();
    }
}
