package example.machines;

import io.factotum.api.PluginContext;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** The machines that there are, in a table of the plugin's own: META-INF/db/migration/V1__machine.sql. */
final class Inventory {

    private final PluginContext context;

    Inventory(PluginContext context) {
        this.context = context;
    }

    Future<Void> add(String name) {
        return context.sql()
                .execute(
                        "INSERT INTO machine (name, made_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                        name,
                        context.clock().instant())
                .mapEmpty();
    }

    Future<Void> remove(String name) {
        return context.sql()
                .execute("DELETE FROM machine WHERE name = $1", name)
                .mapEmpty();
    }

    Future<Optional<JsonObject>> find(String name) {
        return context.sql()
                .execute("SELECT name, made_at FROM machine WHERE name = $1", name)
                .map(found -> found.rows().stream().findFirst());
    }
}
