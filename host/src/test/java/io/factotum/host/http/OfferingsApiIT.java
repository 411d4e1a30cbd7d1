package io.factotum.host.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.storage.TestPostgres;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.sqlclient.Row;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OfferingsApiIT {

    private static final String PATH = "/api/v1/offerings";
    private static ApiHarness api;

    @BeforeAll
    static void start() {
        api = new ApiHarness(TestPostgres::newDatabase);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void offeringIsMadeAndFoundAtItsLocation() {
        HttpResponse<Buffer> made = api.client.post(PATH, ApiHarness.offeringBody("made"));

        assertThat(made.statusCode()).isEqualTo(201);
        JsonObject found = api.client.get(made.getHeader("Location")).bodyAsJsonObject();
        assertThat(found).isEqualTo(made.bodyAsJsonObject());
        assertThat(found.getJsonArray("components").getJsonObject(0).getString("name"))
                .isEqualTo("cpu");
        assertThat(found.getJsonObject("traits"))
                .isEqualTo(new JsonObject()
                        .put("handled", JsonArray.of("create", "pull"))
                        .put("idempotent", new JsonArray())
                        .put("timeout", "PT30M")
                        .put("pull_interval", "PT1H"));
    }

    @Test
    void secretsOfSettingsAreNeverShownAndSealedInTheDatabase() {
        JsonObject made = api.offering("with secret");

        assertThat(made.getJsonObject("settings"))
                .isEqualTo(new JsonObject().put("create", "echo 1").put("pull", "echo"));
        assertThat(one("SELECT settings FROM offerings WHERE id = $1::text::uuid", made.getString("uuid"))
                        .getJsonObject(0)
                        .getString("password"))
                .isEqualTo("sealed:s3cret");
    }

    @Test
    void settingsAreHiddenWhileTheirPluginIsNotLoaded() {
        JsonObject made = api.offering("plugin gone");
        api.types.loaded = false;
        try {
            JsonObject shown =
                    api.client.get(PATH + "/" + made.getString("uuid")).bodyAsJsonObject();
            assertThat(shown.containsKey("settings")).isFalse();
            assertThat(shown.getBoolean("settings_hidden")).isTrue();
        } finally {
            api.types.loaded = true;
        }
    }

    @Test
    void everythingThatIsWrongWithAnOfferingIsToldAtOnce() {
        JsonObject body = ApiHarness.offeringBody("wrong")
                .put(
                        "plans",
                        new JsonArray()
                                .add(ApiHarness.plan("same", 1))
                                .add(new JsonObject()
                                        .put("name", "same")
                                        .put("amounts", new JsonObject().put("ram", 1))))
                .put("settings", new JsonObject().put("create", 1).put("explode", "yes"));

        HttpResponse<Buffer> refused = api.client.post(PATH, body);

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.bodyAsJsonObject().getJsonArray("errors"))
                .isEqualTo(new JsonArray()
                        .add(error("/plans/1/name", "There is another plan named 'same'."))
                        .add(error("/plans/1/amounts/ram", "There is no such component. Known are: cpu, storage."))
                        .add(error("/settings/create", "Expected a text."))
                        .add(error("/settings/explode", "It is not known.")));
    }

    @Test
    void slotsAndWhatIsDoneWithFailedCreationsAreKeptAndShown() {
        JsonObject plain = api.offering("plain");
        assertThat(plain.getString("failed_creation")).isEqualTo("hold");
        assertThat(plain.containsKey("slots")).isFalse();

        JsonObject body = ApiHarness.offeringBody("narrow").put("slots", 3).put("failed_creation", "terminate");
        body.getJsonObject("settings").put("terminate", "rm it");
        JsonObject made = api.client.post(PATH, body).bodyAsJsonObject();
        assertThat(made.getInteger("slots")).isEqualTo(3);
        assertThat(made.getString("failed_creation")).isEqualTo("terminate");

        JsonObject replaced =
                put(made, body.put("slots", 5).put("failed_creation", "hold")).bodyAsJsonObject();
        assertThat(replaced.getInteger("slots")).isEqualTo(5);
        assertThat(replaced.getString("failed_creation")).isEqualTo("hold");
    }

    @Test
    void failedCreationsCannotBeTerminatedWithoutATermination() {
        HttpResponse<Buffer> refused =
                api.client.post(PATH, ApiHarness.offeringBody("no way back").put("failed_creation", "terminate"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.bodyAsJsonObject()
                        .getJsonArray("errors")
                        .getJsonObject(0)
                        .getString("pointer"))
                .isEqualTo("/failed_creation");
    }

    @Test
    void typeThatNoPluginServesIsRefusedWithThoseThatAre() {
        HttpResponse<Buffer> refused =
                api.client.post(PATH, ApiHarness.offeringBody("elsewhere").put("type", "else"));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.bodyAsJsonObject().getJsonArray("errors"))
                .isEqualTo(
                        new JsonArray().add(error("/type", "No loaded plugin serves 'else'. Served are: test-type.")));
    }

    @Test
    void nameOfAnotherOfferingIsRefused() {
        api.offering("taken");

        HttpResponse<Buffer> refused = api.client.post(PATH, ApiHarness.offeringBody("taken"));

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.bodyAsJsonObject().getString("code")).isEqualTo("name_taken");
    }

    @Test
    void replacedOfferingKeepsPlanUuidsByNameAndItsSecret() {
        JsonObject made = api.offering("replaced");
        JsonObject body = ApiHarness.offeringBody("renamed")
                .put("plans", new JsonArray().add(ApiHarness.plan("large", 16)).add(ApiHarness.plan("huge", 64)))
                .put("settings", new JsonObject().put("create", "echo 2"));

        JsonObject replaced = put(made, body).bodyAsJsonObject();

        assertThat(replaced.getInteger("revision")).isEqualTo(2);
        assertThat(replaced.getString("name")).isEqualTo("renamed");
        assertThat(replaced.getJsonArray("plans").getJsonObject(0).getString("uuid"))
                .isEqualTo(made.getJsonArray("plans").getJsonObject(1).getString("uuid"));
        assertThat(one("SELECT settings FROM offerings WHERE id = $1::text::uuid", made.getString("uuid"))
                        .getJsonObject(0))
                .isEqualTo(new JsonObject().put("create", "echo 2").put("password", "sealed:s3cret"));
    }

    @Test
    void planThatALivingResourceUsesCannotBeRemoved() {
        JsonObject made = api.offering("plan used");
        String resource = api.resource("plan used", "r");
        String small = made.getJsonArray("plans").getJsonObject(0).getString("uuid");
        JsonObject body = ApiHarness.offeringBody("plan used").put("plans", new JsonArray());

        HttpResponse<Buffer> refused = put(made, body);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.bodyAsJsonObject().getString("detail")).contains(small);

        api.sql("UPDATE resources SET state = 'TERMINATED' WHERE id = $1::text::uuid", resource);
        api.sql("UPDATE orders SET state = 'DONE' WHERE resource_id = $1::text::uuid", resource);
        assertThat(put(made, body).statusCode()).isEqualTo(200);
    }

    @Test
    void componentThatALivingResourceUsesCannotBeRemoved() {
        JsonObject made = api.offering("component used");
        api.order(new JsonObject()
                .put("offering", "component used")
                .put("name", "r")
                .put("limits", new JsonObject().put("cpu", 2)));
        JsonObject body = ApiHarness.offeringBody("component used")
                .put("components", new JsonArray())
                .put("plans", made.getJsonArray("plans").copy());
        body.getJsonArray("plans").forEach(plan -> ((JsonObject) plan).remove("amounts"));

        HttpResponse<Buffer> refused = put(made, body);

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.bodyAsJsonObject().getString("detail")).contains("use component cpu");
    }

    @Test
    void resourcesBeginAndCeaseToBePulledWithTheirOffering() {
        JsonObject made = api.offering("pulled");
        String there = api.resource("pulled", "there");
        String coming = api.resource("pulled", "coming");
        api.sql("UPDATE resources SET state = 'OK', provisioned = true WHERE id = $1::text::uuid", there);

        put(made, ApiHarness.offeringBody("pulled"));
        assertThat(nextPull(there)).isNotNull();
        assertThat(nextPull(coming)).isNull();

        put(made, ApiHarness.offeringBody("pulled").put("settings", new JsonObject().put("create", "echo")));
        assertThat(nextPull(there)).isNull();
    }

    @Test
    void offeringIsDeletedUnlessAResourceWasEverOrderedOfIt() {
        JsonObject unused = api.offering("unused");
        JsonObject used = api.offering("used");
        api.resource("used", "r");

        assertThat(delete(unused.getString("uuid"))).isEqualTo(204);
        assertThat(delete(unused.getString("uuid"))).isEqualTo(404);
        assertThat(delete(used.getString("uuid"))).isEqualTo(409);
    }

    @Test
    void listLeavesTheSettingsOutAndFiltersByTypeAndName() {
        JsonObject made = api.offering("Listed Offering");

        JsonArray items = api.client
                .get(PATH + "?name=listed&type=test-type")
                .bodyAsJsonObject()
                .getJsonArray("items");

        made.remove("settings");
        assertThat(items).isEqualTo(new JsonArray().add(made));
        assertThat(api.client.get(PATH + "?type=other").bodyAsJsonObject())
                .isEqualTo(new JsonObject().put("items", new JsonArray()));
    }

    private static HttpResponse<Buffer> put(JsonObject offering, JsonObject body) {
        return api.client.call(HttpMethod.PUT, PATH + "/" + offering.getString("uuid"), body);
    }

    private static int delete(String uuid) {
        return api.client.call(HttpMethod.DELETE, PATH + "/" + uuid, null).statusCode();
    }

    private static String nextPull(String resource) {
        return api.client
                .get("/api/v1/resources/" + resource)
                .bodyAsJsonObject()
                .getString("next_pull_at");
    }

    private static JsonObject error(String pointer, String message) {
        return new JsonObject().put("pointer", pointer).put("message", message);
    }

    private static Row one(String sql, String value) {
        List<Row> rows =
                TestPostgres.join(api.database.client().preparedQuery(sql).execute(io.vertx.sqlclient.Tuple.of(value)))
                        .stream()
                        .toList();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }
}
