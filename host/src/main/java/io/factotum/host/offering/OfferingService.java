package io.factotum.host.offering;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.factotum.host.Refusal;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PageRequest;
import io.factotum.host.storage.PgErrors;
import io.factotum.host.storage.PgViews;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes, replaces, shows and removes offerings. Bodies have passed the schema of the OpenAPI file; each method fails with
 * {@link Refusal} for what a schema cannot tell.
 */
public final class OfferingService {

    private static final Logger LOG = LoggerFactory.getLogger(OfferingService.class);

    private final OfferingStore store;
    private final PgViews views;
    private final OfferingTypes types;

    /** In that database, of those types. */
    public OfferingService(Database database, PgViews views, OfferingTypes types) {
        this.store = new OfferingStore(database);
        this.views = views;
        this.types = types;
    }

    /** Makes an offering; as {@link #get} shows it. */
    public Future<JsonObject> create(JsonObject body) {
        UUID id = UUID.randomUUID();
        OfferingDraft draft = OfferingDraft.of(body, new JsonArray());
        return checked(draft, new JsonObject())
                .compose(settings -> store.insert(id, draft, settings.sealed(), settings.traits()))
                .recover(failure -> Future.failedFuture(explained(failure, draft)))
                .onSuccess(
                        made -> LOG.info("Offering made offering={} name={} type={}", id, draft.name(), draft.type()))
                .compose(made -> get(id));
    }

    /** Replaces an offering; plans keep their uuid by name. */
    public Future<JsonObject> replace(UUID id, JsonObject body) {
        return store.find(id)
                .map(found -> found.orElseThrow(() -> Refusal.notFound("offering", id)))
                .compose(stored -> replace(stored, OfferingDraft.of(body, stored.plans())))
                .compose(replaced -> get(id));
    }

    private Future<Void> replace(StoredOffering stored, OfferingDraft draft) {
        JsonObject sealedBefore = stored.type().equals(draft.type()) ? stored.settings() : new JsonObject();
        return checked(draft, sealedBefore)
                .compose(settings -> store.replace(stored, draft, settings.sealed(), settings.traits()))
                .recover(failure -> Future.failedFuture(explained(failure, draft)))
                .onSuccess(done -> LOG.info("Offering replaced offering={} name={}", stored.id(), draft.name()));
    }

    /** One offering, its settings as its plugin shows them; without them if the plugin is not loaded. */
    public Future<JsonObject> get(UUID id) {
        return views.offering(id)
                .map(found -> found.orElseThrow(() -> Refusal.notFound("offering", id)))
                .compose(offering -> store.find(id).compose(stored -> shown(offering, stored)));
    }

    private Future<JsonObject> shown(JsonObject offering, Optional<StoredOffering> stored) {
        Optional<OfferingType> type = types.find(offering.getString("type"));
        if (type.isEmpty() || stored.isEmpty()) {
            return Future.succeededFuture(offering.put("settings_hidden", true));
        }
        return type.get()
                .redact(stored.get().settings())
                .map(settings -> offering.put("settings", settings))
                .otherwise(failure -> {
                    LOG.warn(
                            "Cannot show settings offering={}: {}", stored.get().id(), failure.getMessage());
                    return offering.put("settings_hidden", true);
                });
    }

    /** One page, without settings. Filters: type, name. */
    public Future<JsonObject> list(PageRequest request) {
        return views.offerings(request);
    }

    /** Removes an offering that no resource was ever ordered of. */
    public Future<Void> delete(UUID id) {
        return store.delete(id).onSuccess(gone -> LOG.info("Offering deleted offering={}", id));
    }

    /** The id of the offering of that name. */
    Future<Optional<UUID>> findByName(String name) {
        return store.findByName(name).map(found -> found.map(StoredOffering::id));
    }

    /** All that is wrong with a draft and its settings becomes one refusal. */
    private Future<CheckedSettings> checked(OfferingDraft draft, JsonObject stored) {
        Optional<OfferingType> type = types.find(draft.type());
        if (type.isEmpty()) {
            List<Fault> faults = new ArrayList<>(draft.faults());
            faults.add(new Fault("/type", notServed(draft.type())));
            return Future.failedFuture(refused(draft, faults));
        }
        return type.get().check(draft.settings(), stored).map(settings -> {
            List<Fault> faults = new ArrayList<>(draft.faults());
            if (settings.faults().isEmpty()
                    && !draft.failedCreation().equals(OfferingDraft.HOLD)
                    && !settings.traits().handled().contains(EventType.TERMINATE)) {
                faults.add(new Fault(
                        "/failed_creation",
                        "There is nothing to run for a termination. Expected 'hold', or settings that say how to"
                                + " terminate."));
            }
            settings.faults().forEach(fault -> faults.add(new Fault("/settings" + fault.pointer(), fault.message())));
            if (!faults.isEmpty()) {
                throw refused(draft, faults);
            }
            return settings;
        });
    }

    private String notServed(String type) {
        return types.names().isEmpty()
                ? "No loaded plugin serves '%s'; none is loaded.".formatted(type)
                : "No loaded plugin serves '%s'. Served are: %s."
                        .formatted(type, String.join(", ", new TreeSet<>(types.names())));
    }

    private static Refusal refused(OfferingDraft draft, List<Fault> faults) {
        return Refusal.unprocessable("save offering '%s'".formatted(draft.name()), faults);
    }

    private static Throwable explained(Throwable failure, OfferingDraft draft) {
        return "offerings_name_key".equals(PgErrors.violatedConstraint(failure))
                ? new Refusal(
                        409,
                        "name_taken",
                        "Cannot save offering '%s': there is another one of that name. Choose another name."
                                .formatted(draft.name()))
                : failure;
    }
}
