package io.factotum.host.lifecycle;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleHandler;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of what a failed creation has left. */
class FailedCreationIT extends OnOneHost {

    private LifecycleHandler ending(Function<LifecycleEvent, LifecycleResult> answer) {
        return answering(event -> Future.succeededFuture(answer.apply(event)));
    }

    private UUID offering(String policy, String... idempotent) {
        UUID id = host.offering(idempotent);
        host.execute("UPDATE offerings SET failed_creation = $2 WHERE id = $1", Tuple.of(id, policy));
        return id;
    }

    private static LifecycleResult halfMade(Outcome outcome) {
        return LifecycleResult.failed(outcome, "creation_failed", "It failed.")
                .keeping(LifecycleResult.created("half-made", new JsonObject().put("node", 7), null));
    }

    private static UUID resourceOf(JsonObject placed) {
        return UUID.fromString(placed.getJsonObject("resource").getString("uuid"));
    }

    private JsonObject resourceOnce(UUID id, String state) {
        return host.eventually(
                () -> host.views.resource(id).map(found -> found.orElseThrow()),
                json -> json.getString("state").equals(state));
    }

    private List<Row> orders() {
        return host.query("SELECT id, type, state, caused_by, creator_email FROM orders ORDER BY seq", Tuple.tuple());
    }

    @Test
    void isHeldWithWhatIsKnownOfIt() {
        host.start(ending(event -> halfMade(Outcome.FAILED)));
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        host.ended(placed);
        JsonObject resource = host.resource(resourceOf(placed));
        assertThat(resource.getString("state")).isEqualTo("ERRED");
        assertThat(resource.getString("backend_id")).isEqualTo("half-made");
        assertThat(resource.getJsonObject("backend_metadata")).isEqualTo(new JsonObject().put("node", 7));
        assertThat(orders()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILED", "TIMED_OUT", "CANCELED", "LOST"})
    void isTerminatedByAnOrderThatNamesItAsItsCause(Outcome outcome) {
        host.start(ending(event -> event.type() == EventType.CREATE ? halfMade(outcome) : LifecycleResult.succeeded()));
        JsonObject placed = host.submit(host.createRequest(offering("terminate"))
                .put("creator", new JsonObject().put("email", "ann@example.org")));
        JsonObject creation = host.ended(placed);

        resourceOnce(resourceOf(placed), "TERMINATED");
        assertThat(creation.getString("state")).isEqualTo(outcome == Outcome.CANCELED ? "CANCELED" : "ERRED");
        assertThat(creation.getString("message")).isEqualTo("It failed.");
        assertThat(creation.containsKey("caused_by")).isFalse();
        assertThat(orders()).hasSize(2);
        JsonObject termination =
                join(host.views.order(orders().get(1).getUUID("id"))).orElseThrow();
        assertThat(termination.getString("type")).isEqualTo("terminate");
        assertThat(termination.getString("state")).isEqualTo("DONE");
        assertThat(termination.getString("caused_by")).isEqualTo(creation.getString("uuid"));
        assertThat(termination.getJsonObject("creator").getString("email")).isEqualTo("ann@example.org");
        assertThat(events.get(1).resource().backendId()).isEqualTo("half-made");
        assertThat(events.get(1).change().plan().name()).isEqualTo("small");
    }

    @Test
    void isTerminatedAlsoIfNothingIsKnownOfIt() {
        host.start(ending(event -> event.type() == EventType.CREATE
                ? LifecycleResult.failed(Outcome.FAILED, "script_failed", "It failed.")
                : LifecycleResult.succeeded()));
        JsonObject placed = host.submit(host.createRequest(offering("terminate")));
        resourceOnce(resourceOf(placed), "TERMINATED");
        assertThat(events.get(1).resource().backendId()).isNull();
    }

    @Test
    void terminationThatFailsIsLeftToAPerson() {
        host.start(ending(event -> event.type() == EventType.CREATE
                ? halfMade(Outcome.FAILED)
                : LifecycleResult.failed(Outcome.FAILED, "script_failed", "Still in use.")));
        JsonObject placed = host.submit(host.createRequest(offering("terminate")));
        JsonObject resource = host.eventually(
                () -> host.views.resource(resourceOf(placed)).map(found -> found.orElseThrow()),
                json -> json.getString("error_message").equals("Still in use."));
        assertThat(resource.getString("state")).isEqualTo("ERRED");
        assertThat(resource.getString("backend_id")).isEqualTo("half-made");
        // By hand it may be tried again, and its failure sets nothing off either.
        host.ended(host.submit(new JsonObject().put("type", "terminate").put("resource", resource.getString("uuid"))));
        assertThat(orders())
                .extracting(row -> row.getString("type"))
                .containsExactly("create", "terminate", "terminate");
        assertThat(host.query("SELECT FROM runs WHERE state IN ('PENDING', 'RUNNING')", Tuple.tuple()))
                .isEmpty();
    }

    @Test
    void isTerminatedOnceItHasFailedForGoodAndEachTryKnowsWhatTheOneBeforeMade() {
        host.start(ending(
                event -> event.type() == EventType.CREATE ? halfMade(Outcome.FAILED) : LifecycleResult.succeeded()));
        JsonObject placed = host.submit(host.createRequest(offering("terminate", "create")));
        resourceOnce(resourceOf(placed), "TERMINATED");
        assertThat(events)
                .extracting(event -> event.type().key())
                .containsExactly("create", "create", "create", "terminate");
        assertThat(events.get(0).resource().backendId()).isNull();
        assertThat(events.get(1).resource().backendId()).isEqualTo("half-made");
        assertThat(orders()).hasSize(2);
    }

    @Test
    void creationOfWhichNothingWasBegunIsHeld() {
        host.start(event -> Future.succeededFuture(
                LifecycleResult.failed(Outcome.FAILED, "bad_settings", "There is no such language.")));
        JsonObject placed = host.submit(host.createRequest(offering("terminate")));
        host.ended(placed);
        assertThat(host.resource(resourceOf(placed)).getString("state")).isEqualTo("ERRED");
        assertThat(orders()).hasSize(1);
    }

    @Test
    void creationCanceledBeforeItBeganIsHeld() {
        join(host.lifecycle.start());
        JsonObject placed = host.submit(host.createRequest(offering("terminate")));
        join(host.lifecycle
                .runs()
                .cancel(UUID.fromString(placed.getJsonObject("order").getString("run"))));
        assertThat(host.resource(resourceOf(placed)).getString("state")).isEqualTo("ERRED");
        assertThat(orders()).hasSize(1);
    }

    @Test
    void isHeldWhereNothingIsThereToTerminateItWith() {
        host.start(ending(event -> halfMade(Outcome.FAILED)));
        UUID offering = offering("terminate");
        host.execute("UPDATE offerings SET handled = '{create}' WHERE id = $1", Tuple.of(offering));
        JsonObject placed = host.submit(host.createRequest(offering));
        host.ended(placed);
        assertThat(host.resource(resourceOf(placed)).getString("state")).isEqualTo("ERRED");
        assertThat(orders()).hasSize(1);
    }

    @Test
    void backendIdIsKeptOfAResultThatCannotBeStoredWhole() {
        host.start(ending(event -> event.type() == EventType.CREATE
                ? LifecycleResult.created("made", new JsonObject().put("text", "a\u0000b"), null)
                : LifecycleResult.succeeded()));
        JsonObject placed = host.submit(host.createRequest(host.offering()));
        assertThat(host.ended(placed).getString("code")).isEqualTo("result_not_storable");
        assertThat(host.resource(resourceOf(placed)).getString("backend_id")).isEqualTo("made");
    }
}
