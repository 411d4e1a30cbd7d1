package example.machines;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.factotum.api.PluginContext;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.metrics.Counter;
import io.factotum.api.resource.Endpoint;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputUpdate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Makes and removes machines. All calls come on the plugin's one context, so a plain map is enough. */
final class MachineHandler implements LifecycleHandler {

    private final PluginContext context;
    private final Service service;
    private final Inventory inventory;
    private final Counter made;
    private final Map<UUID, Promise<LifecycleResult>> inHand = new HashMap<>();

    MachineHandler(PluginContext context, Service service, Inventory inventory) {
        this.context = context;
        this.service = service;
        this.inventory = inventory;
        this.made = context.meters().counter("machines_made", "Machines that were made.");
    }

    @Override
    public Future<LifecycleResult> handle(LifecycleEvent event) {
        Promise<LifecycleResult> answer = Promise.promise();
        inHand.put(event.id(), answer);
        carryOut(event).onComplete(answer::tryComplete, answer::tryFail);
        return answer.future().onComplete(answered -> inHand.remove(event.id()));
    }

    @Override
    public Future<Void> cancel(UUID runId) {
        Promise<LifecycleResult> answer = inHand.get(runId);
        if (answer != null) {
            answer.tryComplete(LifecycleResult.failed(
                    Outcome.CANCELED,
                    "canceled",
                    "It was canceled. The machine may be there: terminate the resource."));
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> committed(UUID runId) {
        return context.documents().delete("asked-" + runId);
    }

    private Future<LifecycleResult> carryOut(LifecycleEvent event) {
        Future<LifecycleResult> done =
                switch (event.type()) {
                    case CREATE -> create(event);
                    case UPDATE -> Future.succeededFuture(LifecycleResult.succeeded());
                    case TERMINATE -> terminate(event);
                    case PULL -> pull(event);
                };
        return done.recover(MachineHandler::unreachable);
    }

    private Future<LifecycleResult> create(LifecycleEvent event) {
        String name = name(event);
        // An earlier delivery may have made it: a second PUT is not sent before that is known.
        Future<Boolean> there = event.begun() ? service.has(event.offering(), name) : Future.succeededFuture(false);
        return there.compose(isThere -> isThere ? Future.succeededFuture() : make(event, name))
                .compose(done -> inventory.add(name))
                .compose(done -> note(name))
                .map(done -> LifecycleResult.created(
                        name,
                        new JsonObject().put("made_by", context.id() + " " + context.version()),
                        List.of(new Endpoint(
                                "console", event.offering().settings().getString("url") + "/" + name))));
    }

    private Future<Void> make(LifecycleEvent event, String name) {
        return context.runs()
                .begin(event, "machines", name)
                .compose(begun -> context.documents().put("asked-" + event.id(), new JsonObject().put("name", name)))
                .compose(noted -> print(event, "asked for " + name + "\n"))
                .compose(told -> service.make(event.offering(), name))
                .onSuccess(done -> made.increment());
    }

    private Future<LifecycleResult> terminate(LifecycleEvent event) {
        String name = event.resource().backendId();
        // A failed creation may have none; and who is sent twice finds nothing the second time.
        if (name == null) {
            return Future.succeededFuture(LifecycleResult.succeeded());
        }
        return context.runs()
                .begin(event, "machines", name)
                .compose(begun -> service.has(event.offering(), name))
                .compose(there -> there ? service.remove(event.offering(), name) : Future.succeededFuture())
                .compose(done -> inventory.remove(name))
                .map(removed -> LifecycleResult.succeeded());
    }

    private Future<LifecycleResult> pull(LifecycleEvent event) {
        return service.has(event.offering(), name(event))
                .map(there -> LifecycleResult.pulled(
                        null,
                        List.of(new ReportSection("Machine", there ? "It is there." : "It is gone.")),
                        List.of()));
    }

    /** Nothing was sent, so nothing has begun: the host tries again by itself. */
    private static Future<LifecycleResult> unreachable(Throwable thrown) {
        return thrown instanceof ConnectException
                ? Future.succeededFuture(LifecycleResult.failed(
                        Outcome.NOT_BEGUN,
                        "service_unreachable",
                        "The service cannot be reached: " + thrown.getMessage()))
                : Future.failedFuture(thrown);
    }

    /** Files block, so this is no work for the context's own thread. */
    private Future<Void> note(String name) {
        Path file = context.dataDirectory().resolve("made.txt");
        return context.blocking(() -> Files.writeString(file, name + "\n", CREATE, APPEND))
                .mapEmpty();
    }

    private Future<Void> print(LifecycleEvent event, String line) {
        return context.runs().saveOutput(event.id(), OutputUpdate.of(OutputChunk.of(line, "")));
    }

    private static String name(LifecycleEvent event) {
        return "machine-" + event.resource().uuid();
    }
}
