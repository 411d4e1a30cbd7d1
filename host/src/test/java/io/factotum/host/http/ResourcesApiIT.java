package io.factotum.host.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.Refusal;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ResourcesApiIT {

    private static ApiHarness api;
    private static JsonObject offering;

    @BeforeAll
    static void start() {
        api = new ApiHarness(TestPostgres::newDatabase);
        offering = api.offering("databases");
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void resourceIsOrderedAndItsOrderIsAtTheLocation() {
        JsonObject body = new JsonObject()
                .put("offering", "databases")
                .put("name", "my-db")
                .put("plan", "small")
                .put("limits", new JsonObject().put("cpu", 2))
                .put("attributes", new JsonObject().put("collation", "C").put("nested", new JsonObject().put("a", 1)))
                .put("customer", new JsonObject().put("name", "ACME"))
                .put("creator", new JsonObject().put("email", "me@example.org"));

        HttpResponse<Buffer> ordered = api.client.call(
                HttpMethod.POST,
                "/api/v1/resources",
                Map.of("Content-Type", "application/json; charset=utf-8", "Idempotency-Key", "a+b %41 1.50"),
                body.toBuffer());

        assertThat(ordered.statusCode()).isEqualTo(202);
        JsonObject order = ordered.bodyAsJsonObject().getJsonObject("order");
        assertThat(api.client.get(ordered.getHeader("Location")).bodyAsJsonObject())
                .isEqualTo(order);
        assertThat(order.getString("run")).isNotBlank();
        assertThat(order.getJsonObject("creator")).isEqualTo(new JsonObject().put("email", "me@example.org"));
        TestLifecycle.Submitted submitted = last();
        assertThat(submitted.request()).isEqualTo(body.copy().put("type", "create"));
        assertThat(submitted.idempotencyKey()).isEqualTo("a+b %41 1.50");
    }

    @Test
    void resourceShowsItsOfferingPlanAndWhatItWasOrderedWith() {
        JsonObject ordered = api.order(new JsonObject()
                .put("offering", offering.getString("uuid"))
                .put("name", "shown")
                .put("limits", new JsonObject().put("cpu", 1.5)));
        String uuid = ordered.getJsonObject("resource").getString("uuid");

        JsonObject resource = api.client.get("/api/v1/resources/" + uuid).bodyAsJsonObject();

        assertThat(resource).isEqualTo(ordered.getJsonObject("resource"));
        assertThat(resource.getString("state")).isEqualTo("CREATING");
        assertThat(resource.getJsonObject("offering"))
                .isEqualTo(
                        new JsonObject().put("uuid", offering.getString("uuid")).put("name", "databases"));
        assertThat(resource.getJsonObject("plan").getString("name")).isEqualTo("small");
        assertThat(resource.getJsonObject("limits")).isEqualTo(new JsonObject().put("cpu", 1.5));
        assertThat(resource.containsKey("backend_id")).isFalse();
        // Its id is known to scripts without dashes.
        assertThat(api.client.get("/api/v1/resources/" + uuid.replace("-", "")).bodyAsJsonObject())
                .isEqualTo(resource);
    }

    @Test
    void planAndLimitsAreChangedAndTheResourceTerminatedByOrders() {
        String uuid = api.resource("databases", "changed");
        finishOrders();
        JsonObject change = new JsonObject().put("plan", "large").put("limits", new JsonObject().put("cpu", 4));

        HttpResponse<Buffer> changed = api.client.call(HttpMethod.PATCH, "/api/v1/resources/" + uuid, change);

        assertThat(changed.statusCode()).isEqualTo(202);
        assertThat(last().request())
                .isEqualTo(change.copy().put("type", "update").put("resource", uuid));
        finishOrders();

        HttpResponse<Buffer> terminated = api.client.post("/api/v1/resources/" + uuid + "/terminate", null);

        assertThat(terminated.statusCode()).isEqualTo(202);
        assertThat(terminated.getHeader("Location")).startsWith("/api/v1/orders/");
        assertThat(last().request())
                .isEqualTo(new JsonObject().put("type", "terminate").put("resource", uuid));
    }

    @Test
    void secondActiveOrderIsAConflict() {
        String uuid = api.resource("databases", "busy");

        HttpResponse<Buffer> refused = api.client.post("/api/v1/resources/" + uuid + "/terminate", new JsonObject());

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.bodyAsJsonObject().getString("code")).isEqualTo("active_order");
    }

    @Test
    void faultsThatTheLifecycleFindsAreToldWithTheirPointers() {
        api.lifecycle.failure = Refusal.unprocessable(
                "order it",
                List.of(
                        new io.factotum.api.offering.Fault("/plan", "No such plan."),
                        new io.factotum.api.offering.Fault("/limits/ram", "No such component.")));
        try {
            HttpResponse<Buffer> refused = api.client.post(
                    "/api/v1/resources",
                    new JsonObject().put("offering", "databases").put("name", "x"));
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.bodyAsJsonObject().getJsonArray("errors"))
                    .isEqualTo(new JsonArray()
                            .add(new JsonObject().put("pointer", "/plan").put("message", "No such plan."))
                            .add(new JsonObject().put("pointer", "/limits/ram").put("message", "No such component.")));
        } finally {
            api.lifecycle.failure = null;
        }
    }

    @Test
    void pullIsQueuedAsARun() {
        String uuid = api.resource("databases", "pulled");

        HttpResponse<Buffer> queued = api.client.post("/api/v1/resources/" + uuid + "/pull", null);

        assertThat(queued.statusCode()).isEqualTo(202);
        JsonObject run = queued.bodyAsJsonObject().getJsonObject("run");
        assertThat(run.getString("event_type")).isEqualTo("pull");
        assertThat(run.containsKey("order")).isFalse();
        assertThat(api.client.get(queued.getHeader("Location")).bodyAsJsonObject())
                .isEqualTo(run);
    }

    @Test
    void reportIsEmptyUntilThereIsOne() {
        String uuid = api.resource("databases", "reported");
        String path = "/api/v1/resources/" + uuid + "/report";
        assertThat(api.client.get(path).bodyAsJsonObject()).isEqualTo(new JsonObject().put("report", new JsonArray()));

        JsonArray report =
                new JsonArray().add(new JsonObject().put("header", "Size").put("body", "3 MB"));
        api.sql(
                "UPDATE resources SET report = $1, reported_at = '2026-11-01T10:00:00Z' WHERE id = $2::text::uuid",
                report,
                uuid);

        assertThat(api.client.get(path).bodyAsJsonObject())
                .isEqualTo(new JsonObject().put("report", report).put("reported_at", "2026-11-01T10:00:00Z"));
    }

    @Test
    void resourcesAreFilteredByEachOfTheirFilters() {
        JsonObject other = api.offering("mailboxes");
        String mailbox = api.order(new JsonObject()
                        .put("offering", "mailboxes")
                        .put("name", "Info Box")
                        .put("customer", new JsonObject().put("name", "Filtered Ltd")))
                .getJsonObject("resource")
                .getString("uuid");
        api.sql(
                "UPDATE resources SET state = 'ERRED', project_uuid = '11111111-2222-3333-4444-555555555555'"
                        + " WHERE id = $1::text::uuid",
                mailbox);

        for (String filter : List.of(
                "offering=mailboxes",
                "offering=" + other.getString("uuid"),
                "offering=" + other.getString("uuid").replace("-", ""),
                "state=ERRED",
                "customer=Filtered%20Ltd",
                "project=11111111-2222-3333-4444-555555555555",
                "name=info%20b",
                "name=box&state=ERRED&offering=mailboxes")) {
            assertThat(uuids("/api/v1/resources?" + filter)).as(filter).containsExactly(mailbox);
        }
        assertThat(uuids("/api/v1/resources?name=box&state=OK")).isEmpty();
    }

    @Test
    void pagesGoFromTheNewestToTheOldestEachItemOnceAlsoWhileOthersAreAdded() {
        api.offering("paged");
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(0, api.resource("paged", "r" + i));
        }
        List<String> seen = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonObject page = api.client
                    .get("/api/v1/resources?offering=paged&limit=2" + cursor)
                    .bodyAsJsonObject();
            page.getJsonArray("items").forEach(item -> seen.add(((JsonObject) item).getString("uuid")));
            sizes.add(page.getJsonArray("items").size());
            api.resource("paged", "later");
            cursor = page.containsKey("next") ? "&cursor=" + page.getString("next") : null;
        }
        assertThat(seen).isEqualTo(made);
        assertThat(sizes).containsExactly(2, 2, 1);
    }

    @Test
    void ordersAreFilteredByStateTypeAndResource() {
        String uuid = api.resource("databases", "ordered");
        finishOrders();
        api.client.post("/api/v1/resources/" + uuid + "/terminate", null);

        assertThat(api.client
                        .get("/api/v1/orders?resource=" + uuid)
                        .bodyAsJsonObject()
                        .getJsonArray("items"))
                .hasSize(2);
        assertThat(api.client
                        .get("/api/v1/orders?state=PENDING&type=terminate&resource=" + uuid)
                        .bodyAsJsonObject()
                        .getJsonArray("items"))
                .hasSize(1);
        assertThat(api.client
                        .get("/api/v1/orders?state=PENDING&type=create&resource=" + uuid)
                        .bodyAsJsonObject()
                        .getJsonArray("items"))
                .isEmpty();
    }

    @Test
    void usagesAreListedByMonthAndComponentExactly() {
        String uuid = api.resource("databases", "used");
        usage(uuid, "cpu", "2026-10-01", "12.50");
        usage(uuid, "storage", "2026-10-01", "999999999999999999.99");
        usage(uuid, "cpu", "2026-11-01", "3");
        String path = "/api/v1/resources/" + uuid + "/usages";

        assertThat(amounts(path)).containsExactly("3.00", "999999999999999999.99", "12.50");
        assertThat(amounts(path + "?month=2026-10&component=cpu")).containsExactly("12.50");
        assertThat(amounts("/api/v1/usages?month=2026-11&component=cpu&resource=" + uuid))
                .containsExactly("3.00");

        JsonObject first = api.client.get(path + "?limit=2").bodyAsJsonObject();
        assertThat(first.getJsonArray("items")).hasSize(2);
        assertThat(amounts(path + "?limit=2&cursor=" + first.getString("next"))).containsExactly("12.50");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        String id = ApiHarness.unknown();
        for (String path : List.of(
                "offerings/" + id,
                "resources/" + id,
                "resources/" + id + "/report",
                "resources/" + id + "/usages",
                "orders/" + id,
                "runs/" + id,
                "runs/" + id + "/output")) {
            HttpResponse<Buffer> response = api.client.get("/api/v1/" + path);
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(response.bodyAsJsonObject().getString("code")).isEqualTo("not_found");
            assertThat(response.bodyAsJsonObject().getString("detail")).contains(id);
        }
    }

    private static TestLifecycle.Submitted last() {
        return api.lifecycle.submitted.get(api.lifecycle.submitted.size() - 1);
    }

    private static void finishOrders() {
        api.sql("UPDATE orders SET state = 'DONE'");
    }

    private static void usage(String resource, String component, String month, String amount) {
        api.sql(
                "INSERT INTO usages (resource_id, component, month, amount)"
                        + " VALUES ($1::text::uuid, $2, $3::text::date, $4::text::numeric)",
                resource,
                component,
                month,
                amount);
    }

    private static List<String> uuids(String path) {
        return members(path, "uuid");
    }

    private static List<String> amounts(String path) {
        return members(path, "amount");
    }

    private static List<String> members(String path, String name) {
        return api.client.get(path).bodyAsJsonObject().getJsonArray("items").stream()
                .map(item -> ((JsonObject) item).getString(name))
                .toList();
    }
}
