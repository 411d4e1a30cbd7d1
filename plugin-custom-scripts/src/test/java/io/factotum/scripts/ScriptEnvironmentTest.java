package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.lifecycle.Change;
import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.resource.Label;
import io.factotum.api.resource.Resource;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScriptEnvironmentTest {

    private static final ScriptSettings.Environ NOTHING = new ScriptSettings.Environ(Map.of(), Map.of());
    private static final JsonObject LIMITS = new JsonObject().put("cpu", 4);

    @ParameterizedTest
    @EnumSource(names = {"CREATE", "TERMINATE"})
    void anOrdersEventHasEverythingButWhatWasBefore(EventType type) {
        assertThat(plain(type, Fixtures.change(Fixtures.SMALL, LIMITS, null, null, false)))
                .containsExactlyInAnyOrderEntriesOf(ordered(type));
    }

    @Test
    void anUpdateHasThePlanAndTheLimitsBefore() {
        Change change = Fixtures.change(Fixtures.SMALL, LIMITS, Fixtures.LARGE, new JsonObject().put("cpu", 2), true);
        Map<String, String> expected = ordered(EventType.UPDATE);
        expected.put("ATTRIBUTES", "{\"size\":10,\"old_limits\":{\"cpu\":2}}");
        expected.put("OLD_LIMITS", "{\"cpu\":2}");
        expected.put("OLD_PLAN_UUID", "0a000000000040008000000000000008");
        expected.put("OLD_PLAN_NAME", "Large");
        assertThat(plain(EventType.UPDATE, change)).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void aPlanSwitchHasNoOldLimitsInItsAttributes() {
        Map<String, String> plain =
                plain(EventType.UPDATE, Fixtures.change(Fixtures.SMALL, LIMITS, Fixtures.LARGE, LIMITS, false));
        assertThat(plain).containsEntry("ATTRIBUTES", "{\"size\":10}").containsEntry("OLD_LIMITS", "{\"cpu\":4}");
    }

    @Test
    void onlyAnUpdateHasWhatWasBefore() {
        Change change = Fixtures.change(Fixtures.SMALL, LIMITS, Fixtures.LARGE, LIMITS, true);
        for (EventType type : new EventType[] {EventType.CREATE, EventType.TERMINATE, EventType.PULL}) {
            assertThat(plain(type, change))
                    .doesNotContainKeys("OLD_LIMITS", "OLD_PLAN_UUID", "OLD_PLAN_NAME")
                    .containsEntry("ATTRIBUTES", "{\"size\":10}");
        }
    }

    @Test
    void aPullHasNeitherOrderNorCreator() {
        Map<String, String> expected = ordered(EventType.PULL);
        expected.keySet().removeAll(java.util.Set.of("ORDER_UUID", "CREATOR_EMAIL", "CREATOR_USERNAME"));
        assertThat(plain(EventType.PULL, Fixtures.change(Fixtures.SMALL, LIMITS, null, null, false)))
                .containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void whereThereIsNothingToSayAVariableIsAbsentNotEmpty() {
        Label nobody = new Label(null, null);
        Resource resource = new Resource(
                Fixtures.RESOURCE, "box", "creating", null, new JsonObject(), new JsonObject(), nobody, nobody);
        LifecycleEvent event = Fixtures.event(
                EventType.CREATE,
                new JsonObject(),
                Fixtures.change(null, new JsonObject(), null, null, false),
                resource,
                false);
        assertThat(ScriptEnvironment.of(event, NOTHING).plain())
                .containsOnlyKeys(
                        "EVENT",
                        "RUN_UUID",
                        "RESOURCE_UUID",
                        "RESOURCE_NAME",
                        "RESOURCE_BACKEND_METADATA",
                        "RESOURCE_ATTRIBUTES",
                        "ATTRIBUTES",
                        "LIMITS",
                        "OFFERING_UUID",
                        "OFFERING_NAME",
                        "ORDER_UUID",
                        "CREATOR_EMAIL",
                        "CREATOR_USERNAME")
                .containsEntry("LIMITS", "{}");
    }

    @Test
    void theOfferingsOwnVariablesWin() {
        LifecycleEvent event = Fixtures.event(EventType.CREATE, new JsonObject());
        ScriptEnvironment environment = ScriptEnvironment.of(
                event,
                new ScriptSettings.Environ(
                        Map.of("PROJECT_NAME", "mine", "EMPTY", ""), Map.of("LIMITS", "secret", "TOKEN", "hunter22")));
        assertThat(environment.plain())
                .containsEntry("PROJECT_NAME", "mine")
                .containsEntry("EMPTY", "")
                .doesNotContainKeys("LIMITS", "TOKEN");
        assertThat(environment.secret()).isEqualTo(Map.of("LIMITS", "secret", "TOKEN", "hunter22"));
        assertThat(environment.toString()).doesNotContain("hunter22").doesNotContain("mine");
    }

    @Test
    void aVariableThatNoProgramCanTakeIsRefused() {
        Change change =
                Fixtures.change(Fixtures.SMALL, new JsonObject().put("x", "y".repeat(200_000)), null, null, false);
        assertThatThrownBy(() -> plain(EventType.CREATE, change))
                .hasMessageStartingWith("Cannot pass variable 'LIMITS': it has 2000");
    }

    private static Map<String, String> plain(EventType type, Change change) {
        ScriptEnvironment environment = ScriptEnvironment.of(Fixtures.event(type, new JsonObject(), change), NOTHING);
        assertThat(environment.secret()).isEmpty();
        return environment.plain();
    }

    private static Map<String, String> ordered(EventType type) {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("EVENT", type.key());
        expected.put("RUN_UUID", "0a000000000040008000000000000001");
        expected.put("RESOURCE_UUID", "0a000000000040008000000000000002");
        expected.put("RESOURCE_NAME", "box");
        expected.put("RESOURCE_BACKEND_ID", "id-1");
        expected.put("RESOURCE_BACKEND_METADATA", "{\"cpu\":1}");
        expected.put("RESOURCE_ATTRIBUTES", "{\"size\":5}");
        expected.put("ATTRIBUTES", "{\"size\":10}");
        expected.put("LIMITS", "{\"cpu\":4}");
        expected.put("OFFERING_UUID", "0a000000000040008000000000000003");
        expected.put("OFFERING_NAME", "Mailbox");
        expected.put("PLAN_UUID", "0a000000000040008000000000000007");
        expected.put("PLAN_NAME", "Small");
        expected.put("PLAN_COMPONENT_AMOUNTS", "{\"cpu\":1}");
        expected.put("CUSTOMER_UUID", "0a000000000040008000000000000005");
        expected.put("CUSTOMER_NAME", "Acme");
        expected.put("PROJECT_UUID", "0a000000000040008000000000000006");
        expected.put("PROJECT_NAME", "Rockets");
        expected.put("ORDER_UUID", "0a000000000040008000000000000004");
        expected.put("CREATOR_EMAIL", "ann@example.org");
        expected.put("CREATOR_USERNAME", "ann");
        return expected;
    }
}
