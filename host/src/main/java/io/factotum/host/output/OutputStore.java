package io.factotum.host.output;

import io.factotum.api.store.OutputChunk;
import io.factotum.host.Refusal;
import io.factotum.host.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What is stored of the output of runs. */
public final class OutputStore {

    private static final Set<String> UNDER_WAY = Set.of("PENDING", "RUNNING");
    private static final int ALL = 1 << 20;
    /** Some 64 KiB: what one reader has in hand. */
    private static final int A_FEW = 4;

    private final Database database;

    /** In that database. */
    public OutputStore(Database database) {
        this.database = database;
    }

    /** What comes next in a run's output, and the run's state at the same moment. */
    record Page(String state, List<OutputChunk> chunks) {

        boolean isEnd() {
            return chunks.isEmpty() && hasEnded();
        }

        boolean hasEnded() {
            return !UNDER_WAY.contains(state);
        }
    }

    /** {@code {stdout, stderr}}, as far as it is stored; fails with {@link Refusal} if there is no such run. */
    public Future<JsonObject> whole(UUID run) {
        return read(run, new OutputPosition(0, 0), ALL).map(page -> {
            OutputDecoder decoder = new OutputDecoder(null);
            StringBuilder stdout = new StringBuilder();
            StringBuilder stderr = new StringBuilder();
            decoder.events(page.chunks()).forEach(event -> append(event, stdout, stderr));
            decoder.finish().forEach(event -> append(event, stdout, stderr));
            return new JsonObject().put("stdout", stdout.toString()).put("stderr", stderr.toString());
        });
    }

    private static void append(OutputEvent event, StringBuilder stdout, StringBuilder stderr) {
        StringBuilder text = event.stream().equals("stdout") ? stdout : stderr;
        if (event.leftOut() == 0) {
            text.append(event.text());
            return;
        }
        if (text.length() > 0 && text.charAt(text.length() - 1) != '\n') {
            text.append('\n');
        }
        text.append("[... %d bytes left out ...]\n".formatted(event.leftOut()));
    }

    /** The next few chunks after what has been read; fails with {@link Refusal} if there is no such run. */
    Future<Page> next(UUID run, OutputPosition read) {
        return read(run, read, A_FEW);
    }

    private Future<Page> read(UUID run, OutputPosition read, int most) {
        return database.client()
                .preparedQuery("SELECT u.state, p.* FROM runs u LEFT JOIN LATERAL ("
                        + "SELECT seq, stdout_at, stderr_at, stdout, stderr, layout FROM run_outputs"
                        + " WHERE run_id = u.id AND (stdout_end > $2 OR stderr_end > $3) ORDER BY seq LIMIT $4"
                        + ") p ON true WHERE u.id = $1 ORDER BY p.seq")
                .execute(Tuple.of(run, read.stdout(), read.stderr(), most))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw Refusal.notFound("run", run);
                    }
                    return new Page(
                            rows.iterator().next().getString("state"),
                            StreamSupport.stream(rows.spliterator(), false)
                                    .filter(row -> row.getLong("seq") != null)
                                    .map(OutputStore::chunk)
                                    .toList());
                });
    }

    private static OutputChunk chunk(Row row) {
        return new OutputChunk(
                row.getLong("seq"),
                row.getLong("stdout_at"),
                row.getLong("stderr_at"),
                row.getBuffer("stdout"),
                row.getBuffer("stderr"),
                row.getBuffer("layout"));
    }

    /** One answer to a reader that asks for itself: see {@code LifecycleAddress.OUTPUT_READ}. */
    Future<JsonObject> answer(UUID run, @Nullable OutputPosition after) {
        OutputDecoder decoder = new OutputDecoder(after);
        return next(run, decoder.read()).map(page -> {
            List<OutputEvent> events = decoder.events(page.chunks());
            if (events.isEmpty() && page.hasEnded()) {
                events = decoder.finish();
            }
            return new JsonObject()
                    .put("outcome", "read")
                    .put("events", events.stream().map(OutputEvent::toJson).toList())
                    .put("after", decoder.shown().toString())
                    .put("more", !events.isEmpty())
                    .put("state", page.state());
        });
    }
}
