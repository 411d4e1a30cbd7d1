package io.factotum.host.storage;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.store.RunStore;
import io.factotum.api.store.StaleDeliveryException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The run log in PostgreSQL, as one host's plugins see it. */
public final class PgRunStore implements RunStore {

    private final Database database;
    private final String owner;

    /** For the host that holds its leases under that name. */
    public PgRunStore(Database database, String owner) {
        this.database = database;
        this.owner = owner;
    }

    @Override
    public Future<Void> begin(LifecycleEvent event, String executor, String reference) {
        return database.retrying("mark run " + event.id() + " as begun", () -> database.client()
                        .preparedQuery("UPDATE runs SET begun_at = coalesce(begun_at, now()), executor = $4,"
                                + " reference = $5, updated_at = now() WHERE id = $1 AND lease_owner = $2"
                                + " AND attempt = $3 AND state = 'RUNNING'")
                        .execute(Tuple.of(event.id(), owner, event.attempt(), executor, reference)))
                .compose(rows -> rows.rowCount() == 1
                        ? Future.succeededFuture()
                        : Future.failedFuture(new StaleDeliveryException(event.id())));
    }

    @Override
    public Future<Void> saveOutput(UUID runId, String stdout, String stderr) {
        return database.client()
                .preparedQuery("INSERT INTO run_outputs (run_id, stdout, stderr)"
                        + " SELECT id, $2, $3 FROM runs WHERE id = $1 AND state = 'RUNNING' FOR SHARE"
                        + " ON CONFLICT (run_id) DO UPDATE SET stdout = excluded.stdout, stderr = excluded.stderr")
                .execute(Tuple.of(runId, stdout, stderr))
                .mapEmpty();
    }

    @Override
    public Future<Set<UUID>> unfinished(Collection<UUID> runIds) {
        return database.client()
                .preparedQuery("SELECT id FROM runs WHERE id = ANY ($1) AND state IN ('PENDING', 'RUNNING')")
                .execute(Tuple.of((Object) runIds.toArray(UUID[]::new)))
                .map(rows -> rows.stream().map(row -> row.getUUID("id")).collect(Collectors.toUnmodifiableSet()));
    }
}
