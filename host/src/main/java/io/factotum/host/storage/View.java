package io.factotum.host.storage;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One noun as the API shows it.
 *
 * @param columns what is selected
 * @param from the tables
 * @param findOne the statement that finds one by its id, the same text each time for the cache of prepared statements
 * @param order what a list is ordered by, downwards; together unique
 * @param filters conditions by the name of their filter; each {@code ?} in them is the filter's value, a text
 */
record View(
        String columns,
        String from,
        String findOne,
        List<SortKey> order,
        Map<String, String> filters,
        Function<Row, JsonObject> toJson) {

    /** One that is found by that column. */
    static View of(
            String columns,
            String from,
            String id,
            List<SortKey> order,
            Map<String, String> filters,
            Function<Row, JsonObject> toJson) {
        String findOne = "SELECT %s FROM %s WHERE %s = $1".formatted(columns, from, id);
        return new View(columns, from, findOne, order, filters, toJson);
    }

    Future<Optional<JsonObject>> find(SqlClient client, UUID uuid) {
        return client.preparedQuery(findOne)
                .execute(Tuple.of(uuid))
                .map(rows -> rows.stream().findFirst().map(toJson));
    }

    /** As {@code {items, next}}; without {@code next} at the end. */
    Future<JsonObject> page(SqlClient client, PageRequest request) {
        List<String> conditions = new ArrayList<>();
        List<String> values = new ArrayList<>();
        request.filters().forEach((name, value) -> {
            values.add(value);
            conditions.add(condition(name).replace("?", "$" + values.size() + "::text"));
        });
        if (request.cursor() != null) {
            conditions.add(after(SortKey.values(order, request.cursor()), values));
        }
        // One more than wanted: whether there is a next page.
        String sql = "SELECT %s, %s FROM %s%s ORDER BY %s LIMIT %d"
                .formatted(
                        columns,
                        IntStream.range(0, order.size())
                                .mapToObj(i -> order.get(i).column() + "::text AS sort_key_" + i)
                                .collect(Collectors.joining(", ")),
                        from,
                        conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions),
                        order.stream().map(key -> key.column() + " DESC").collect(Collectors.joining(", ")),
                        request.limit() + 1);
        return client.preparedQuery(sql)
                .execute(Tuple.from(values))
                .map(rows -> toPage(rows.stream().toList(), request.limit()));
    }

    private String condition(String filter) {
        String condition = filters.get(filter);
        if (condition == null) {
            throw new IllegalArgumentException(
                    "Cannot filter by '%s': known are %s.".formatted(filter, filters.keySet()));
        }
        return condition;
    }

    private String after(List<String> keys, List<String> values) {
        List<String> placeholders = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            values.add(keys.get(i));
            placeholders.add(
                    "$%d::text::%s".formatted(values.size(), order.get(i).type()));
        }
        return "(%s) < (%s)"
                .formatted(
                        order.stream().map(SortKey::column).collect(Collectors.joining(", ")),
                        String.join(", ", placeholders));
    }

    private JsonObject toPage(List<Row> rows, int limit) {
        List<Row> shown = rows.subList(0, Math.min(limit, rows.size()));
        JsonObject page = new JsonObject()
                .put("items", new JsonArray(shown.stream().map(toJson).toList()));
        if (rows.size() > limit) {
            Row last = shown.get(limit - 1);
            page.put(
                    "next",
                    SortKey.cursor(IntStream.range(0, order.size())
                            .mapToObj(i -> last.getString("sort_key_" + i))
                            .toList()));
        }
        return page;
    }
}
