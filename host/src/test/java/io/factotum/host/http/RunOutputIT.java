package io.factotum.host.http;

import static io.factotum.host.storage.TestPostgres.join;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.LifecycleAddress;
import io.factotum.api.store.OutputChunk;
import io.factotum.api.store.OutputUpdate;
import io.factotum.host.output.OutputRequests;
import io.factotum.host.output.OutputStore;
import io.factotum.host.storage.Database;
import io.factotum.host.storage.PgRunStore;
import io.factotum.host.storage.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Output is followed over HTTP and on the bus while another host carries the run out. */
@Timeout(60)
class RunOutputIT {

    private static final String OWNER = "another-host";

    private static final Vertx ELSEWHERE = Vertx.vertx();
    private static ApiHarness api;
    private static Database database;
    private static PgRunStore runs;

    @BeforeAll
    static void start() {
        api = new ApiHarness(TestPostgres::newDatabase);
        api.offering("databases");
        database = TestPostgres.again(ELSEWHERE, api.database);
        runs = new PgRunStore(database, OWNER);
        new OutputRequests(new OutputStore(api.database)).serve(api.vertx);
    }

    @AfterAll
    static void stop() {
        api.close();
        join(database.close());
        join(ELSEWHERE.close());
    }

    @Test
    void aRunThatHasEndedAnswersWithAllInOrderAndThenItsEnd() {
        String run = running();
        save(run, chunk(1, 0, 0, "one\n", "oops\n", 2, 5, 2));
        end(run);
        assertThat(all(run, null)).isEqualTo("stdout:on|stderr:oops\n|stdout:e\n|end:SUCCEEDED");
    }

    @Test
    void outputIsFollowedAsItIsPrintedOnAnotherHostUntilTheRunEnds() {
        String run = running();
        try (SseClient reader = follow(run, null)) {
            save(run, chunk(1, 0, 0, "one\n", "", 4));
            reader.await("stdout:one\n");
            save(run, chunk(1, 0, 0, "one\ntwo\n", "", 8));
            reader.await("stdout:one\n|stdout:two\n");
            save(run, chunk(2, 8, 0, "", "oops\n", 0, 5));
            reader.await("stdout:one\n|stdout:two\n|stderr:oops\n");
            end(run);
            reader.await("stdout:one\n|stdout:two\n|stderr:oops\n|end:SUCCEEDED");
            assertThat(reader.took()).as("told, not found by looking").isLessThan(Duration.ofSeconds(10));
            join(reader.ended());
        }
    }

    @Test
    void aReaderThatComesBackGoesOnAfterTheLastEventItGot() {
        String run = running();
        save(run, chunk(1, 0, 0, "one\n", "oops\n", 4, 5));
        String last;
        try (SseClient reader = follow(run, null)) {
            reader.await("stdout:one\n|stderr:oops\n");
            last = reader.lastId();
        }
        save(run, chunk(1, 0, 0, "one\ntwo\n", "oops\n", 4, 5, 4));
        end(run);
        assertThat(last).isEqualTo("4-5");
        assertThat(all(run, last)).isEqualTo("stdout:two\n|end:SUCCEEDED");
        assertThat(all(run, "2-0")).isEqualTo("stdout:e\n|stderr:oops\n|stdout:two\n|end:SUCCEEDED");
    }

    @Test
    void whatIsNotKeptIsAGapAndCharactersAreWhole() {
        String run = running();
        byte[] euro = "€".getBytes(UTF_8);
        save(run, new OutputChunk(1, 0, 0, Buffer.buffer("a").appendByte(euro[0]), Buffer.buffer(), layout(2)));
        try (SseClient reader = follow(run, null)) {
            reader.await("stdout:a");
            save(run, new OutputChunk(2, 2, 0, Buffer.buffer().appendBytes(euro, 1, 2), Buffer.buffer(), layout(2)));
            reader.await("stdout:a|stdout:€");
            save(run, new OutputChunk(9, 104, 0, Buffer.buffer("z").appendByte(euro[0]), Buffer.buffer(), layout(2)));
            end(run);
            reader.await("stdout:a|stdout:€|stdout:<100>|stdout:z|stdout:\uFFFD|end:SUCCEEDED");
        }
        assertThat(api.client
                        .get("/api/v1/runs/" + run + "/output")
                        .bodyAsJsonObject()
                        .getString("stdout"))
                .isEqualTo("a€\n[... 100 bytes left out ...]\nz\uFFFD");
    }

    @Test
    void partsThatAreLeftOutLaterAreGone() {
        String run = running();
        save(run, chunk(1, 0, 0, "head", "e", 4, 1));
        save(run, chunk(2, 4, 1, "middle", "f", 6, 1));
        save(run, chunk(3, 10, 2, "more", "", 4));
        update(run, new OutputUpdate(1, List.of(chunk(4, 14, 2, "tail", "g", 4, 1)), List.of(2L, 3L), List.of()));
        end(run);
        assertThat(all(run, null)).isEqualTo("stdout:head|stderr:ef|stdout:<10>|stdout:tail|stderr:g|end:SUCCEEDED");
        assertThat(join(runs.storedOutput(UUID.fromString(run))).stream().map(span -> span.stdoutKept()))
                .containsExactly(4, 0, 0, 4);
    }

    @Test
    void whoFollowsGoesOnWithTheNextAttempt() {
        String run = running();
        save(run, chunk(1, 0, 0, "failed\n", "", 7));
        try (SseClient reader = follow(run, null)) {
            reader.await("stdout:failed\n");
            update(run, new OutputUpdate(2, List.of(chunk(2, 7, 0, "done\n", "", 5)), List.of(), List.of()));
            end(run);
            reader.await("stdout:failed\n|stdout:done\n|end:SUCCEEDED");
        }
        assertThat(all(run, null)).isEqualTo("stdout:done\n|end:SUCCEEDED");
    }

    @Test
    void aHostThatNoLongerHasTheRunStoresNothing() {
        String run = running();
        join(new PgRunStore(database, "yet-another")
                .saveOutput(UUID.fromString(run), OutputUpdate.of(OutputChunk.of("stale", ""))));
        end(run);
        assertThat(all(run, null)).isEqualTo("end:SUCCEEDED");
    }

    @Test
    void aReaderThatDoesNotReadHoldsUpNobody() {
        String run = running();
        String much = "x".repeat(16 * 1024);
        try (SseClient slow = follow(run, null);
                SseClient quick = follow(run, null)) {
            slow.pause();
            for (int i = 0; i < 1500; i++) {
                save(run, chunk(i + 1, (long) i * much.length(), 0, much, "", much.length()));
            }
            end(run);
            join(quick.ended());
            assertThat(quick.length()).isEqualTo(1500L * much.length());
            assertThat(slow.length()).isLessThan(quick.length());
            slow.resume();
            join(slow.ended());
            assertThat(slow.length()).isEqualTo(quick.length());
        }
    }

    @Test
    void outputIsReadOnTheBusOfAnyHost() {
        String run = running();
        save(run, chunk(1, 0, 0, "one\n", "oops\n", 4, 5));
        JsonObject first = ask(new JsonObject().put("run", run));
        assertThat(first.getJsonArray("events").encode())
                .isEqualTo(
                        "[{\"stream\":\"stdout\",\"text\":\"one\\n\"},{\"stream\":\"stderr\",\"text\":\"oops\\n\"}]");
        JsonObject waiting = ask(new JsonObject().put("run", run).put("after", first.getString("after")));
        assertThat(waiting.getBoolean("more")).isFalse();
        assertThat(waiting.getString("state")).isEqualTo("RUNNING");
        assertThat(ask(new JsonObject().put("run", UUID.randomUUID().toString()))
                        .getString("code"))
                .isEqualTo("not_found");
        assertThat(ask(new JsonObject().put("run", run).put("after", "x")).getString("code"))
                .isEqualTo("invalid_request");
    }

    @Test
    void aReaderNeedsTheTokenARunAndAnIdThatWasSent() {
        String path = "/api/v1/runs/" + running() + "/output/events";
        assertThat(status(path, Map.of("Authorization", "Bearer no"))).isEqualTo(401);
        assertThat(status(path, Map.of("Last-Event-ID", "first"))).isEqualTo(400);
        assertThat(status("/api/v1/runs/" + ApiHarness.unknown() + "/output/events", Map.of()))
                .isEqualTo(404);
    }

    private static int status(String path, Map<String, String> headers) {
        return api.client
                .call(io.vertx.core.http.HttpMethod.GET, path, headers, Buffer.buffer())
                .statusCode();
    }

    @Test
    void messageThatIsNoJsonObjectIsAnsweredWithWhatIsExpected() {
        for (Object body : Arrays.asList("hello", new JsonArray(), null)) {
            JsonObject reply = ask(body);
            assertThat(reply.getInteger("status")).as("%s", body).isEqualTo(400);
            assertThat(reply.getString("message")).contains("'runs.output.read'", "Expected a JsonObject");
        }
    }

    private static JsonObject ask(@Nullable Object request) {
        return join(api.vertx.eventBus().<JsonObject>request(LifecycleAddress.OUTPUT_READ, request))
                .body();
    }

    private static String all(String run, @Nullable String after) {
        try (SseClient reader = follow(run, after)) {
            join(reader.ended());
            return reader.text();
        }
    }

    private static SseClient follow(String run, @Nullable String after) {
        return new SseClient(
                api.vertx, api.port, "/api/v1/runs/" + run + "/output/events", api.authentication.token(), after);
    }

    private static void save(String run, OutputChunk chunk) {
        update(run, new OutputUpdate(1, List.of(chunk), List.of(), List.of()));
    }

    private static void update(String run, OutputUpdate update) {
        join(runs.saveOutput(UUID.fromString(run), update));
    }

    private static OutputChunk chunk(long seq, long stdoutAt, long stderrAt, String out, String err, int... layout) {
        return new OutputChunk(seq, stdoutAt, stderrAt, Buffer.buffer(out), Buffer.buffer(err), layout(layout));
    }

    private static Buffer layout(int... lengths) {
        Buffer layout = Buffer.buffer();
        for (int length : lengths) {
            layout.appendUnsignedShort(length);
        }
        return layout;
    }

    private static String running() {
        String run = api.order(new JsonObject().put("offering", "databases").put("name", "r"))
                .getJsonObject("order")
                .getString("run");
        api.sql("UPDATE runs SET state = 'RUNNING', lease_owner = $2 WHERE id = $1::text::uuid", run, OWNER);
        return run;
    }

    private static void end(String run) {
        api.sql("UPDATE runs SET state = 'SUCCEEDED' WHERE id = $1::text::uuid", run);
    }
}
