package io.factotum.host.lifecycle;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.host.BusMessages;
import io.factotum.host.Refusal;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PgErrors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes orders: one transaction writes the order, its run, and for a creation the resource. What is answered is on disk.
 *
 * <p>Requests are the JSON of {@link LifecycleAddress#ORDERS_SUBMIT}, from HTTP and from the bus alike.
 */
public final class OrderService {

    private final Database database;
    private final Changes changes;
    private final Runnable wakeDispatcher;
    private final Function<UUID, Future<Optional<JsonObject>>> orders;
    private final Function<UUID, Future<Optional<JsonObject>>> resources;

    /** An idempotency key with the digest of the request that came with it; none of both if it came without. */
    record Key(@Nullable String key, @Nullable String digest) {}

    /**
     * Orders kept in that database.
     *
     * @param wakeDispatcher called after each commit that wrote a run
     * @param orders reads an order as the HTTP API shows it
     * @param resources reads a resource as the HTTP API shows it
     */
    OrderService(
            Database database,
            Changes changes,
            Runnable wakeDispatcher,
            Function<UUID, Future<Optional<JsonObject>>> orders,
            Function<UUID, Future<Optional<JsonObject>>> resources) {
        this.database = database;
        this.changes = changes;
        this.wakeDispatcher = wakeDispatcher;
        this.orders = orders;
        this.resources = resources;
    }

    /** Serves {@link LifecycleAddress#ORDERS_SUBMIT}. */
    void serve(Vertx vertx) {
        vertx.eventBus().consumer(LifecycleAddress.ORDERS_SUBMIT, message -> Future.succeededFuture(message)
                .map(BusMessages::body)
                .compose(this::submit)
                .map(placed -> placed.put("outcome", "accepted"))
                .onComplete(message::reply, failure -> message.reply(Replies.refused(failure))));
    }

    private Future<JsonObject> submit(JsonObject message) {
        JsonObject request = message.copy();
        Object key = request.remove("idempotency_key");
        return submit(request, key == null ? null : key.toString());
    }

    /**
     * Places an order.
     *
     * @param idempotencyKey a request that comes again with the same key is answered with the same order
     * @return {@code {order, resource}}; fails with {@link Refusal} if the order cannot be placed, and with what
     *     {@link PgErrors#isTransient} tells if the database cannot be reached
     */
    public Future<JsonObject> submit(JsonObject request, @Nullable String idempotencyKey) {
        Key key = new Key(idempotencyKey, idempotencyKey == null ? null : digest(request));
        UUID id = UUID.randomUUID();
        return database.transaction(connection -> earlier(connection, key)
                        .compose(earlier -> earlier.isPresent()
                                ? Future.succeededFuture(earlier.get())
                                : new OrderPlacement(connection, id, key)
                                        .place(request)
                                        .map(id)))
                .recover(failure -> refuse(failure, key))
                .compose(order -> {
                    if (order.equals(id)) {
                        wakeDispatcher.run();
                    }
                    return shown(order);
                })
                .onSuccess(placed -> {
                    if (placed.getJsonObject("order").getString("uuid").equals(id.toString())) {
                        tell(placed.getJsonObject("order"));
                    }
                });
    }

    private void tell(JsonObject order) {
        String run = order.getString("run");
        if (run == null) {
            changes.order(order);
        } else {
            changes.run(UUID.fromString(run), order);
        }
    }

    private Future<JsonObject> shown(UUID orderId) {
        return orders.apply(orderId).map(Optional::orElseThrow).compose(order -> resources
                .apply(UUID.fromString(order.getJsonObject("resource").getString("uuid")))
                .map(resource -> new JsonObject().put("order", order).put("resource", resource.orElseThrow())));
    }

    private static Future<Optional<UUID>> earlier(SqlConnection connection, Key key) {
        if (key.key() == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return connection
                .preparedQuery("SELECT id, request_digest FROM orders WHERE idempotency_key = $1")
                .execute(Tuple.of(key.key()))
                .map(rows -> rows.stream().findFirst().map(row -> {
                    if (!row.getString("request_digest").equals(key.digest())) {
                        throw new Refusal(
                                422,
                                "idempotency_key_reused",
                                "Cannot take the order: idempotency key '%s' came before with another request."
                                                .formatted(key.key())
                                        + " Use a new key for a new order.");
                    }
                    return row.getUUID("id");
                }));
    }

    /** Two requests that race are told apart by the database's own constraints. */
    private Future<UUID> refuse(Throwable failure, Key key) {
        String constraint = String.valueOf(PgErrors.violatedConstraint(failure));
        if (constraint.equals("orders_one_active_a_resource")) {
            return Future.failedFuture(OrderPlacement.activeOrder());
        }
        if (constraint.equals("orders_idempotency_key_key")) {
            return database.transaction(connection -> earlier(connection, key)).map(Optional::orElseThrow);
        }
        if (PgErrors.isUnstorable(failure)) {
            return Future.failedFuture(
                    new Refusal(422, "unprocessable", "Cannot store the order: %s.".formatted(failure.getMessage())));
        }
        return Future.failedFuture(failure);
    }

    private static String digest(JsonObject request) {
        try {
            byte[] canonical = String.valueOf(sorted(request)).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The same value whatever the order of members. */
    private static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            TreeMap<String, @Nullable Object> members = new TreeMap<>();
            object.fieldNames().forEach(name -> members.put(name, sorted(object.getValue(name))));
            return members;
        }
        return value instanceof JsonArray array
                ? array.stream().map(OrderService::sorted).toList()
                : value;
    }
}
