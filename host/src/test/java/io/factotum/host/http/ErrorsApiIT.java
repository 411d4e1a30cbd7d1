package io.factotum.host.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.storage.TestPostgres;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.openapi.contract.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a request is told, all of it, with its place. */
class ErrorsApiIT {

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
    void allFaultsOfABodyAreToldAtOnceEachWithItsPlace() {
        JsonObject body = new JsonObject()
                .put("name", "")
                .put("limits", new JsonObject().put("cpu", "two").put("ram/disk", -1))
                .put("attributes", JsonArray.of(1))
                .put("customer", new JsonObject().put("uuid", "nope").put("colour", "red"))
                .put("flavour", "sweet");

        HttpResponse<Buffer> refused = api.client.post("/api/v1/resources?colour=red", body);

        assertThat(refused.statusCode()).isEqualTo(400);
        JsonObject problem = refused.bodyAsJsonObject();
        assertThat(problem.getString("code")).isEqualTo("invalid_request");
        assertThat(problem.getString("instance")).isEqualTo("/api/v1/resources");
        assertThat(errors(problem))
                .containsExactlyInAnyOrder(
                        "colour: It is not known here; there are no parameters.",
                        "/offering: It is missing.",
                        "/name: Expected one line of text that is not blank.",
                        "/limits/cpu: Expected a number.",
                        "/limits/ram~1disk: Expected at least 0.",
                        "/attributes: Expected an object.",
                        "/customer/uuid: Expected a UUID.",
                        "/customer/colour: It is not known here. Known are: uuid, name.",
                        "/flavour: It is not known here. Known are: offering, name, plan, limits, attributes, customer,"
                                + " project, creator.");
    }

    @Test
    void faultsDeepInListsAreToldWithTheirPlace() {
        JsonObject body = ApiHarness.offeringBody("x")
                .put(
                        "components",
                        new JsonArray()
                                .add(ApiHarness.component("cpu", "limit"))
                                .add(new JsonObject().put("type", "two words").put("billing", "free")));

        assertThat(errors(api.client.post("/api/v1/offerings", body).bodyAsJsonObject()))
                .containsExactlyInAnyOrder(
                        "/components/1/unit: It is missing.",
                        "/components/1/type: Expected 1 to 100 letters, digits, dots, dashes and underscores.",
                        "/components/1/billing: Expected one of fixed, usage, limit.");
    }

    @Test
    void faultsBeyondAHundredAreOnlyCounted() {
        JsonArray plans = new JsonArray();
        for (int i = 0; i < 150; i++) {
            plans.add(i);
        }
        List<String> errors = errors(api.client
                .post("/api/v1/offerings", ApiHarness.offeringBody("x").put("plans", plans))
                .bodyAsJsonObject());
        assertThat(errors).hasSize(101).endsWith(": There are more things wrong than the 100 told here.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/v1/resources?limit=0|limit: Expected at least 1.",
                "/api/v1/resources?limit=201|limit: Expected at most 200.",
                "/api/v1/resources?limit=many|limit: Expected a whole number.",
                "/api/v1/resources?limit=1&limit=2|limit: It is given 2 times. Expected once.",
                "/api/v1/resources?cursor=x|cursor: Cannot read cursor 'x': no page of this list ended with it. Send the next of the page before.",
                "/api/v1/resources?cursor=WyJ4Il0|cursor: Cannot read cursor 'WyJ4Il0': no page of this list ended with it. Send the next of the page before.",
                "/api/v1/resources?name=a%00b|name: It has the character U+0000 in it, which cannot be stored.",
                "/api/v1/orders?state=OK|state: Expected one of PENDING, EXECUTING, DONE, ERRED, CANCELED.",
                "/api/v1/orders?stat=DONE|stat: It is not known here. Known are: cursor, limit, resource, state, type.",
                "/api/v1/orders/42|id: Expected a UUID.",
                "/api/v1/usages?month=2026-13|month: Expected a month as YYYY-MM.",
                "/api/v1/runs?order=1|order: Expected a UUID."
            })
    void faultyParametersAreToldByName(String path, String error) {
        HttpResponse<Buffer> refused = api.client.get(path);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(errors(refused.bodyAsJsonObject())).containsExactly(error);
    }

    @Test
    void textsThatLookLikeOtherThingsAreStillTexts() {
        for (String name : List.of("1.50", "true", "null", "%22quoted%22", "100%25", "a%2Bb", "%7B%7D")) {
            assertThat(api.client.get("/api/v1/resources?name=" + name).statusCode())
                    .as(name)
                    .isEqualTo(200);
        }
    }

    @Test
    void allFaultyParametersAndTheFaultsOfTheBodyAreToldTogether() {
        HttpResponse<Buffer> refused = api.client.call(
                HttpMethod.PATCH,
                "/api/v1/resources/42",
                Map.of("Content-Type", "application/json", "Idempotency-Key", "ümlaut"),
                Buffer.buffer("{}"));

        assertThat(errors(refused.bodyAsJsonObject()))
                .containsExactlyInAnyOrder(
                        "id: Expected a UUID.",
                        "Idempotency-Key: Expected 1 to 255 printable ASCII characters.",
                        ": Expected at least 1 of: plan, limits, attributes, creator.");
    }

    @Test
    void malformedJsonIsToldWithItsPlaceAndNotQuoted() {
        HttpResponse<Buffer> refused = post("{\"offering\": \"x\",\n  \"name\": hunter2}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.bodyAsJsonObject().getString("code")).isEqualTo("malformed_json");
        assertThat(refused.bodyAsJsonObject().getString("detail"))
                .contains("at line 2")
                .doesNotContain("hunter2");
    }

    @Test
    void aKeyThatIsNamedTwiceIsToldWithItsPlace() {
        HttpResponse<Buffer> refused = post("{\"offering\": \"x\",\n  \"limits\": {\"storage\": 5, \"storage\": 50}}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.bodyAsJsonObject().getString("detail")).contains("names a key twice", "at line 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "7", "null", "\"text\"", "{} {}", "{\"name\": \"a", "\u0000"})
    void bodiesThatAreNoObjectAreRefused(String body) {
        assertThat(post(body).statusCode()).isEqualTo(400);
    }

    @Test
    void bodyThatIsNotUtf8IsRefused() {
        HttpResponse<Buffer> refused = api.client.call(
                HttpMethod.POST,
                "/api/v1/resources",
                Map.of("Content-Type", "application/json"),
                Buffer.buffer("{\"name\": \"").appendByte((byte) 0xff).appendString("\"}"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.bodyAsJsonObject().getString("code")).isEqualTo("malformed_json");
    }

    @Test
    void valuesThatPostgresCannotStoreAreRefusedWithTheirPlace() {
        HttpResponse<Buffer> refused =
                post("{\"offering\": \"databases\", \"name\": \"n\", \"attributes\": {\"a\": [\"x\\u0000y\"],"
                        + " \"b\": \"\\ud800\", \"c\": 1e999, \"d\\u0000\": 1, \"fine\": \"\\ud83d\\ude00\"}}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(errors(refused.bodyAsJsonObject()))
                .containsExactlyInAnyOrder(
                        "/attributes/a/0: It has the character U+0000 in it, which cannot be stored.",
                        "/attributes/b: It has half of a surrogate pair in it, which is no character.",
                        "/attributes/c: The number is out of range.",
                        "/attributes: The name of a member cannot be stored. It has the character U+0000 in it, which"
                                + " cannot be stored.");
    }

    @Test
    void missingBodyIsRefusedWhereOneIsNeeded() {
        HttpResponse<Buffer> refused = api.client.post("/api/v1/resources", null);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(errors(refused.bodyAsJsonObject()))
                .containsExactly(": The body is missing. Expected a JSON object.");
    }

    @Test
    void everyRouteOfTheFileAnswers() {
        for (Operation operation : api.contract.openApi().operations()) {
            String path = operation.getAbsoluteOpenAPIPath().replace("{id}", ApiHarness.unknown());
            HttpResponse<Buffer> response = api.client.call(operation.getHttpMethod(), path, null);
            assertThat(response.statusCode()).as(path).isIn(200, 400, 404, 409);
            if (response.statusCode() == 404) {
                assertThat(response.bodyAsJsonObject().getString("code")).isEqualTo("not_found");
            }
        }
    }

    @Test
    void faultOfTheHostTellsNothingButTheIdUnderWhichItIsLogged() {
        api.lifecycle.failure = new NullPointerException("password=hunter2");
        try {
            HttpResponse<Buffer> failed = api.client.post(
                    "/api/v1/resources",
                    new JsonObject().put("offering", "databases").put("name", "x"));
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(failed.bodyAsString()).doesNotContain("hunter2").doesNotContain("NullPointer");
            JsonObject problem = failed.bodyAsJsonObject();
            String id = problem.getString("instance").replace("urn:uuid:", "");
            assertThat(problem.getString("detail")).contains(id);
        } finally {
            api.lifecycle.failure = null;
        }
    }

    @Test
    void pluginsAndTheFileItselfAreServed() {
        assertThat(api.client
                        .get("/api/v1/plugins")
                        .bodyAsJsonObject()
                        .getJsonArray("items")
                        .getJsonObject(0)
                        .getString("id"))
                .isEqualTo("test-type");
        HttpResponse<Buffer> file = api.client.get("/api/v1/openapi");
        assertThat(file.getHeader("Content-Type")).isEqualTo("application/yaml");
        assertThat(file.bodyAsString()).isEqualTo(api.contract.text()).contains("application/problem+json");
    }

    private static HttpResponse<Buffer> post(String body) {
        return api.client.call(
                HttpMethod.POST, "/api/v1/resources", Map.of("Content-Type", "application/json"), Buffer.buffer(body));
    }

    private static List<String> errors(JsonObject problem) {
        List<String> errors = new ArrayList<>();
        problem.getJsonArray("errors", new JsonArray()).forEach(item -> {
            JsonObject error = (JsonObject) item;
            errors.add(error.getString("pointer", error.getString("parameter")) + ": " + error.getString("message"));
        });
        return errors;
    }
}
