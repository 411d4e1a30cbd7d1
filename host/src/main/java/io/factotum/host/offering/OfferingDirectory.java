package io.factotum.host.offering;

import io.factotum.api.offering.Fault;
import io.factotum.api.store.SecretBox;
import io.factotum.host.Refusal;
import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the files of {@code conf/offerings} into the database, by the name of their offering: a new one is made, a file
 * that has changed since it was last brought in replaces its offering. What is changed over HTTP stays until its file
 * changes; a file that is removed leaves its offering. Used on one context.
 */
public final class OfferingDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(OfferingDirectory.class);
    /** Among the documents of plugins, under a name that no plugin can have. */
    private static final String NAMESPACE = "#offering-files";

    private final Vertx vertx;
    private final Path directory;
    private final Database database;
    private final OfferingService offerings;
    private final OfferingTypes types;
    private final SecretBox secrets;
    private final Function<JsonObject, List<Fault>> schema;
    private final Map<Path, String> told = new HashMap<>();
    private Future<Void> last = Future.succeededFuture();

    /**
     * Of that directory.
     *
     * @param secrets seals the files' digests: a digest of a file with a short secret would give it away
     * @param schema everything in which an offering breaks the schema of the HTTP body
     */
    public OfferingDirectory(
            Vertx vertx,
            Path directory,
            Database database,
            OfferingService offerings,
            OfferingTypes types,
            SecretBox secrets,
            Function<JsonObject, List<Fault>> schema) {
        this.vertx = vertx;
        this.directory = directory;
        this.database = database;
        this.offerings = offerings;
        this.types = types;
        this.secrets = secrets;
        this.schema = schema;
    }

    /**
     * Brings in what is new or changed, after an earlier call has ended. Call it at start, and whenever a type begins to
     * be served, on any thread. A file that cannot be used is logged, and does not make it fail.
     */
    public synchronized Future<Void> sync() {
        last = last.transform(before -> vertx.executeBlocking(() -> OfferingFile.readAll(directory)))
                .compose(this::bringInAll);
        return last;
    }

    private Future<Void> bringInAll(List<OfferingFile> files) {
        Future<Void> done = Future.succeededFuture();
        for (OfferingFile file : files) {
            done = done.compose(before -> database.retrying("bring in " + file.path(), () -> bringIn(file)))
                    .onSuccess(well -> told.remove(file.path()))
                    .recover(failure -> {
                        tell(file, failure);
                        return Future.succeededFuture();
                    });
        }
        return done;
    }

    private Future<Void> bringIn(OfferingFile file) {
        List<Fault> faults = new ArrayList<>();
        JsonObject body = file.parse(faults);
        if (faults.isEmpty()) {
            faults.addAll(schema.apply(body));
        }
        if (!faults.isEmpty()) {
            return Future.failedFuture(Refusal.unprocessable("use it", faults));
        }
        if (types.find(body.getString("type")).isEmpty()) {
            LOG.info("Offering file {} waits for a plugin of type={}", file.path(), body.getString("type"));
            return Future.succeededFuture();
        }
        return save(file, body)
                .recover(failure ->
                        failure instanceof Refusal refusal && refusal.code().equals("name_taken")
                                // Another host was quicker with the same file.
                                ? save(file, body)
                                : Future.failedFuture(failure));
    }

    private Future<Void> save(OfferingFile file, JsonObject body) {
        String name = body.getString("name");
        return offerings.findByName(name).compose(id -> isBroughtIn(name, id, file.digest())
                .compose(already -> already
                        ? Future.succeededFuture()
                        : id.map(stored -> offerings.replace(stored, body))
                                .orElseGet(() -> offerings.create(body))
                                .compose(saved -> remember(name, saved.getString("uuid"), file.digest()))));
    }

    private Future<Boolean> isBroughtIn(String name, Optional<UUID> id, String digest) {
        return database.client()
                .preparedQuery("SELECT value FROM documents WHERE plugin = $1 AND key = $2")
                .execute(Tuple.of(NAMESPACE, name))
                .map(rows -> rows.stream().findFirst().map(row -> row.getJsonObject("value")))
                .map(found -> found.filter(value -> id.isPresent()
                                && id.get().toString().equals(value.getString("offering"))
                                && isSealOf(digest, value.getString("digest")))
                        .isPresent());
    }

    private boolean isSealOf(String digest, String sealed) {
        try {
            return secrets.open(sealed).equals(digest);
        } catch (IllegalArgumentException sealedWithAnotherKey) {
            return false;
        }
    }

    private Future<Void> remember(String name, String id, String digest) {
        JsonObject value = new JsonObject().put("offering", id).put("digest", secrets.seal(digest));
        return database.client()
                .preparedQuery("INSERT INTO documents (plugin, key, value) VALUES ($1, $2, $3)"
                        + " ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value, updated_at = now()")
                .execute(Tuple.of(NAMESPACE, name, value))
                .mapEmpty();
    }

    /** All that is wrong with one file as one error; the same error only once. */
    private void tell(OfferingFile file, Throwable failure) {
        if (!(failure instanceof Refusal refusal)) {
            LOG.error("Cannot use offering file '{}'", file.path(), failure);
            return;
        }
        StringBuilder text = new StringBuilder(String.valueOf(refusal.getMessage()));
        refusal.faults().forEach(fault -> text.append("\n  ")
                .append(fault.pointer().isEmpty() ? "the whole" : fault.pointer())
                .append(": ")
                .append(fault.message()));
        if (!text.toString().equals(told.put(file.path(), text.toString()))) {
            LOG.error("Cannot use offering file '{}': {}", file.path(), text);
        }
    }
}
