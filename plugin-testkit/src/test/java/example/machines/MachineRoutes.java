package example.machines;

import io.factotum.api.PluginContext;
import io.factotum.api.admin.AdminRefusal;
import io.factotum.api.admin.AdminRequest;
import io.factotum.api.admin.AdminResponse;
import io.vertx.core.Future;

/** What people can ask at {@code /api/v1/ext/machines/}. */
final class MachineRoutes {

    private final PluginContext context;
    private final Inventory inventory;

    MachineRoutes(PluginContext context, Inventory inventory) {
        this.context = context;
        this.inventory = inventory;
    }

    void add() {
        context.routes().route("GET", "/machines/{name}", this::machine).route("GET", "/page", this::page);
    }

    private Future<AdminResponse> machine(AdminRequest request) {
        String name = request.parameter("name");
        return inventory.find(name).map(found -> found.map(AdminResponse::ok)
                .orElseThrow(() -> new AdminRefusal(
                        404, "no_such_machine", "Cannot find machine '%s': there is none.".formatted(name))));
    }

    private Future<AdminResponse> page(AdminRequest request) {
        return context.resource("pages/index.html")
                .map(page -> AdminResponse.text(200, "text/html; charset=utf-8", page.toString()));
    }
}
