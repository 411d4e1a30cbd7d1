package io.factotum.host.storage;

import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.factotum.api.store.RunStore;
import io.factotum.api.store.StaleDeliveryException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The run log in PostgreSQL, as one host's plugins see it. */
public final class PgRunStore implements RunStore {

    // Nobody waits for the disk: the commit of the run's result, which comes later, puts all before it there, too.
    private static final String SAVE_OUTPUT = """
            WITH run AS (
                SELECT id FROM runs
                WHERE id = $1 AND lease_owner = $2 AND state = 'RUNNING'
                  AND set_config('synchronous_commit', 'off', true) = 'off' FOR SHARE),
            forgotten AS (
                DELETE FROM run_outputs o USING run
                WHERE o.run_id = run.id
                  AND (o.seq < $3 OR coalesce(octet_length(o.stdout), 0) + coalesce(octet_length(o.stderr), 0) = 0)),
            left_out AS (
                UPDATE run_outputs o
                SET stdout = CASE WHEN seq = ANY ($4) THEN NULL ELSE stdout END,
                    stderr = CASE WHEN seq = ANY ($5) THEN NULL ELSE stderr END
                FROM run WHERE o.run_id = run.id AND o.seq >= $3 AND (seq = ANY ($4) OR seq = ANY ($5))
                  AND coalesce(octet_length(o.stdout), 0) + coalesce(octet_length(o.stderr), 0) > 0)
            INSERT INTO run_outputs
                (run_id, seq, stdout_at, stdout_end, stderr_at, stderr_end, stdout, stderr, layout)
            SELECT run.id, c.* FROM run, unnest($6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
                $11::bytea[], $12::bytea[], $13::bytea[]) c
            ON CONFLICT (run_id, seq) DO UPDATE SET stdout_end = excluded.stdout_end, stderr_end = excluded.stderr_end,
                stdout = excluded.stdout, stderr = excluded.stderr, layout = excluded.layout
            """;

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
    public Future<Optional<String>> reference(UUID runId) {
        return database.retrying("read what run " + runId + " is called", () -> database.client()
                .preparedQuery("SELECT reference FROM runs WHERE id = $1 AND begun_at IS NOT NULL")
                .execute(Tuple.of(runId))
                .map(rows -> rows.stream().findFirst().map(row -> row.getString("reference"))));
    }

    @Override
    public Future<Void> saveOutput(UUID runId, OutputUpdate update) {
        List<OutputChunk> chunks = update.chunks();
        Tuple values = Tuple.of(runId, owner, update.firstSeq())
                .addArrayOfLong(update.withoutStdout().toArray(Long[]::new))
                .addArrayOfLong(update.withoutStderr().toArray(Long[]::new))
                .addArrayOfLong(longs(chunks, OutputChunk::seq))
                .addArrayOfLong(longs(chunks, OutputChunk::stdoutAt))
                .addArrayOfLong(longs(chunks, OutputChunk::stdoutEnd))
                .addArrayOfLong(longs(chunks, OutputChunk::stderrAt))
                .addArrayOfLong(longs(chunks, OutputChunk::stderrEnd))
                .addArrayOfBuffer(buffers(chunks, OutputChunk::stdout))
                .addArrayOfBuffer(buffers(chunks, OutputChunk::stderr))
                .addArrayOfBuffer(buffers(chunks, OutputChunk::layout));
        return database.retrying("save the output of run " + runId, () -> database.client()
                .preparedQuery(SAVE_OUTPUT)
                .execute(values)
                .mapEmpty());
    }

    private static Long[] longs(List<OutputChunk> chunks, ToLongFunction<OutputChunk> value) {
        return chunks.stream().mapToLong(value).boxed().toArray(Long[]::new);
    }

    private static Buffer[] buffers(List<OutputChunk> chunks, Function<OutputChunk, @Nullable Buffer> value) {
        return chunks.stream().map(value).toArray(Buffer[]::new);
    }

    @Override
    public Future<List<OutputSpan>> storedOutput(UUID runId) {
        return database.retrying("read what is stored of the output of run " + runId, () -> database.client()
                .preparedQuery("SELECT seq, stdout_at, stdout_end, coalesce(octet_length(stdout), 0) AS stdout_kept,"
                        + " stderr_at, stderr_end, coalesce(octet_length(stderr), 0) AS stderr_kept"
                        + " FROM run_outputs WHERE run_id = $1 ORDER BY seq")
                .execute(Tuple.of(runId))
                .map(rows -> rows.stream()
                        .map(row -> new OutputSpan(
                                row.getLong("seq"),
                                row.getLong("stdout_at"),
                                row.getLong("stdout_end"),
                                row.getInteger("stdout_kept"),
                                row.getLong("stderr_at"),
                                row.getLong("stderr_end"),
                                row.getInteger("stderr_kept")))
                        .toList()));
    }

    @Override
    public Future<Set<UUID>> unfinished(Collection<UUID> runIds) {
        return database.client()
                .preparedQuery("SELECT id FROM runs WHERE id = ANY ($1) AND state IN ('PENDING', 'RUNNING')")
                .execute(Tuple.of((Object) runIds.toArray(UUID[]::new)))
                .map(rows -> rows.stream().map(row -> row.getUUID("id")).collect(Collectors.toUnmodifiableSet()));
    }
}
