package io.factotum.host.http;

import static io.factotum.host.storage.TestPostgres.join;

import io.factotum.host.offering.OfferingService;
import io.factotum.host.offering.TestTypes;
import io.factotum.host.output.OutputNews;
import io.factotum.host.output.OutputStore;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The API over a database, with a lifecycle that only writes the rows. */
final class ApiHarness {

    static final int BODY_LIMIT = 6 << 20;

    final Vertx vertx = Vertx.vertx();
    final TestTypes types = new TestTypes();
    final TestPlugins plugins = new TestPlugins();
    final TestLifecycle lifecycle;
    final Database database;
    final Authentication authentication;
    final ApiContract contract;
    final ApiClient client;
    final int port;
    private final AdminApi api;
    private final OutputNews news;
    private final Path data;

    ApiHarness(Function<Vertx, Database> databases) {
        this(databases, Map.of());
    }

    ApiHarness(Function<Vertx, Database> databases, Map<String, Supplier<Future<Void>>> checks) {
        try {
            Map<String, Supplier<Future<Void>>> readiness = new HashMap<>(checks);
            data = Files.createTempDirectory("factotum-api");
            database = databases.apply(vertx);
            PgViews views = new PgViews(database);
            lifecycle = new TestLifecycle(database, views);
            authentication = join(Authentication.load(vertx, data));
            contract = join(ApiContract.load(vertx));
            readiness.put("database", database::ping);
            news = new OutputNews(vertx, database);
            news.start();
            api = new AdminApi(
                    vertx,
                    contract,
                    authentication,
                    new AdminParts(
                            views,
                            new OutputStore(database),
                            news,
                            new OfferingService(database, views, types),
                            lifecycle,
                            plugins,
                            readiness,
                            () -> "test_meter 1.0\n"));
            port = join(api.start("127.0.0.1", 0, BODY_LIMIT));
            client = new ApiClient(vertx, port, contract.openApi(), authentication.token());
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    void close() {
        join(api.close());
        join(news.stop());
        join(database.close());
        join(vertx.fileSystem().deleteRecursive(data.toString()));
        join(vertx.close());
    }

    /** An offering with a plan, two components and a pull. */
    JsonObject offering(String name) {
        return client.post("/api/v1/offerings", offeringBody(name)).bodyAsJsonObject();
    }

    static JsonObject offeringBody(String name) {
        return new JsonObject()
                .put("name", name)
                .put("type", "test-type")
                .put("description", "For tests")
                .put(
                        "components",
                        new JsonArray().add(component("cpu", "limit")).add(component("storage", "usage")))
                .put("plans", new JsonArray().add(plan("small", 1)).add(plan("large", 8)))
                .put(
                        "settings",
                        new JsonObject()
                                .put("create", "echo 1")
                                .put("pull", "echo")
                                .put("password", "s3cret"));
    }

    static JsonObject component(String type, String billing) {
        return new JsonObject().put("type", type).put("unit", "pieces").put("billing", billing);
    }

    static JsonObject plan(String name, int cpu) {
        return new JsonObject().put("name", name).put("amounts", new JsonObject().put("cpu", cpu));
    }

    /** Orders a resource; its uuid. */
    String resource(String offering, String name) {
        return order(new JsonObject().put("offering", offering).put("name", name))
                .getJsonObject("resource")
                .getString("uuid");
    }

    JsonObject order(JsonObject body) {
        return client.post("/api/v1/resources", body).bodyAsJsonObject();
    }

    void sql(String sql, @Nullable Object... values) {
        join(database.client().preparedQuery(sql).execute(Tuple.wrap(values)));
    }

    static String unknown() {
        return UUID.randomUUID().toString();
    }
}
