package ${package};

import io.factotum.api.PluginContext;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.List;

/** Carries out lifecycle events: each resource is a note, kept as a document under the resource's id. */
final class NoteHandler implements LifecycleHandler {

    private final PluginContext context;
    private final int longest;

    NoteHandler(PluginContext context, int longest) {
        this.context = context;
        this.longest = longest;
    }

    @Override
    public Future<LifecycleResult> handle(LifecycleEvent event) {
        return switch (event.type()) {
            case CREATE, UPDATE -> write(event);
            case TERMINATE -> remove(event);
            case PULL -> count(event);
        };
    }

    private Future<LifecycleResult> write(LifecycleEvent event) {
        String text = event.offering().settings().getString("heading")
                + ": "
                + event.change().attributes().getString("text", "");
        if (text.length() > longest) {
            return Future.succeededFuture(LifecycleResult.failed(
                    Outcome.FAILED,
                    "too_long",
                    "Cannot keep a note of %d characters: at most %d are allowed.".formatted(text.length(), longest)));
        }
        JsonObject metadata = new JsonObject().put("characters", text.length());
        // Before anything has an effect: from now on the run counts as begun, whatever happens.
        return context.runs()
                .begin(event, "documents", key(event))
                .compose(begun -> context.documents().put(key(event), new JsonObject().put("text", text)))
                .map(stored -> LifecycleResult.created(key(event), metadata, null));
    }

    private Future<LifecycleResult> remove(LifecycleEvent event) {
        return context.runs()
                .begin(event, "documents", key(event))
                .compose(begun -> context.documents().delete(key(event)))
                .map(removed -> LifecycleResult.succeeded());
    }

    private Future<LifecycleResult> count(LifecycleEvent event) {
        return context.documents().get(key(event)).map(found -> {
            String text = found.map(note -> note.getString("text")).orElse("");
            return LifecycleResult.pulled(
                    List.of(new Usage("characters", BigDecimal.valueOf(text.length()), "", false)),
                    List.of(new ReportSection("Note", text)),
                    List.of());
        });
    }

    private static String key(LifecycleEvent event) {
        return "note-" + event.resource().uuid();
    }
}
