package io.factotum.host.http;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputUpdate;
import io.factotum.host.storage.PgRunStore;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RunsApiIT {

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
    void runShowsHowItWentButNotItsEvent() {
        String run = run();
        JsonObject result = new JsonObject().put("outcome", "failed").put("warnings", new JsonArray());
        api.sql(
                "UPDATE runs SET state = 'FAILED', exit_code = 3, exit_reason = 'exited', code = 'script_failed',"
                        + " message = 'It failed', result = $2, attempt = 1 WHERE id = $1::text::uuid",
                run,
                result);

        JsonObject shown = api.client.get("/api/v1/runs/" + run).bodyAsJsonObject();

        assertThat(shown.getString("state")).isEqualTo("FAILED");
        assertThat(shown.getInteger("exit_code")).isEqualTo(3);
        assertThat(shown.getJsonObject("result")).isEqualTo(result);
        assertThat(shown.getJsonObject("resource").getString("name")).isEqualTo("r");
        assertThat(shown.containsKey("event")).isFalse();
    }

    @Test
    void outputIsEmptyAtFirstAndReadableWhileTheRunGoesOn() {
        String run = run();
        String path = "/api/v1/runs/" + run + "/output";
        assertThat(api.client.get(path).bodyAsJsonObject())
                .isEqualTo(new JsonObject().put("stdout", "").put("stderr", ""));

        api.sql("UPDATE runs SET state = 'RUNNING', lease_owner = 'here' WHERE id = $1::text::uuid", run);
        join(new PgRunStore(api.database, "here")
                .saveOutput(UUID.fromString(run), OutputUpdate.of(OutputChunk.of("zwei Wörter\n", "warning"))));

        assertThat(api.client.get(path).bodyAsJsonObject())
                .isEqualTo(new JsonObject().put("stdout", "zwei Wörter\n").put("stderr", "warning"));
        HttpResponse<Buffer> stdout = api.client.get(path + "?stream=stdout");
        assertThat(stdout.getHeader("Content-Type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(stdout.bodyAsString()).isEqualTo("zwei Wörter\n");
        assertThat(api.client.get(path + "?stream=stderr").bodyAsString()).isEqualTo("warning");
    }

    @Test
    void runIsAskedToStop() {
        String run = run();

        HttpResponse<Buffer> canceled = api.client.post("/api/v1/runs/" + run + "/cancel", null);

        assertThat(canceled.statusCode()).isEqualTo(202);
        assertThat(canceled.bodyAsJsonObject().getJsonObject("run").getString("cancel_requested_at"))
                .isNotBlank();
        assertThat(api.client
                        .post("/api/v1/runs/" + ApiHarness.unknown() + "/cancel", null)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void runsAreFilteredByStateEventTypeResourceAndOrder() {
        JsonObject ordered =
                api.order(new JsonObject().put("offering", "databases").put("name", "filtered"));
        String order = ordered.getJsonObject("order").getString("uuid");
        String resource = ordered.getJsonObject("resource").getString("uuid");
        String run = ordered.getJsonObject("order").getString("run");
        api.client.post("/api/v1/resources/" + resource + "/pull", null);

        assertThat(count("resource=" + resource)).isEqualTo(2);
        assertThat(count("resource=" + resource + "&event_type=pull")).isEqualTo(1);
        assertThat(count("resource=" + resource + "&state=RUNNING")).isZero();
        JsonArray ofOrder =
                api.client.get("/api/v1/runs?order=" + order).bodyAsJsonObject().getJsonArray("items");
        assertThat(ofOrder).hasSize(1);
        assertThat(ofOrder.getJsonObject(0).getString("uuid")).isEqualTo(run);
    }

    private static int count(String filter) {
        return api.client
                .get("/api/v1/runs?" + filter)
                .bodyAsJsonObject()
                .getJsonArray("items")
                .size();
    }

    private static String run() {
        return api.order(new JsonObject().put("offering", "databases").put("name", "r"))
                .getJsonObject("order")
                .getString("run");
    }
}
