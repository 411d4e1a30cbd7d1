package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.factotum.scripts.executor.Privileges;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptOfferingsTest {

    private static final ScriptConfig CONFIG = Fixtures.config(new JsonObject()
            .put("users", new JsonObject().put("allowed", new JsonArray().add("1000:1000")))
            .put("privileges", new JsonObject().put("allowed", new JsonArray().add("writable-root"))));

    private final ScriptOfferings offerings = new ScriptOfferings(CONFIG, Fixtures.BOX);

    @Test
    void eventsWithoutAScriptAreNotHandled() {
        CheckedSettings checked =
                check(settings().put("create", "echo 1").put("pull", "echo 2").put("update", " \n"));
        assertThat(checked.faults()).isEmpty();
        assertThat(checked.traits().handled()).isEqualTo(Set.of(EventType.CREATE, EventType.PULL));
        assertThat(checked.traits().timeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(checked.traits().pullInterval()).isEqualTo(Duration.ofHours(1));
        assertThat(checked.traits().idempotent()).isEmpty();
    }

    @Test
    void whatIsSetIsRead() {
        CheckedSettings checked = check(settings()
                .put("timeout", "PT5S")
                .put("pull_interval", "P1D")
                .put("idempotent", new JsonArray().add("create").add("pull"))
                .put(
                        "resources",
                        new JsonObject().put("cpus", 0.5).put("memory", "64m").put("processes", 10))
                .put("network", "none")
                .put("user", "1000:1000"));
        assertThat(checked.faults()).isEmpty();
        assertThat(checked.traits().timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(checked.traits().pullInterval()).isEqualTo(Duration.ofDays(1));
        assertThat(checked.traits().idempotent()).isEqualTo(Set.of(EventType.CREATE, EventType.PULL));
        assertThat(ScriptSettings.of(checked.sealed(), CONFIG).limits())
                .isEqualTo(new RunSpec.Limits(0.5, 64 << 20, 10, "none", "1000:1000", Privileges.NONE));
    }

    @Test
    void privilegesBeyondTheOperatorsListAreRefusedByName() {
        CheckedSettings checked = check(settings()
                .put("user", "root")
                .put("privileges", new JsonArray().add("writable-root").add("NET_RAW")));
        assertThat(checked.faults()).extracting(Fault::pointer).containsExactly("/user", "/privileges/1");
        assertThat(checked.faults())
                .extracting(Fault::message)
                .allSatisfy(message -> assertThat(message)
                        .contains("the operator does not allow it", "of conf/plugins/custom-scripts.yaml"))
                .anySatisfy(message -> assertThat(message).contains("'NET_RAW'", "privileges.allowed"));
    }

    @Test
    void privilegesOfTheOperatorsListAreGiven() {
        CheckedSettings checked = check(settings().put("privileges", new JsonArray().add("writable-root")));
        assertThat(checked.faults()).isEmpty();
        assertThat(ScriptSettings.of(checked.sealed(), CONFIG).limits().privileges())
                .isEqualTo(new Privileges(Set.of("writable-root")));
    }

    @Test
    void secretsAreSealedShownWithoutValueAndKeptWhenSavedBack() {
        JsonArray environ = new JsonArray()
                .add(entry("URL", "https://example.org"))
                .add(entry("TOKEN", "hunter22").put("secret", true));
        JsonObject sealed = check(settings().put("environ", environ)).sealed();
        assertThat(sealed.encode()).doesNotContain("hunter22").contains("sealed:");
        JsonObject shown = offerings.redact(sealed);
        assertThat(shown.getJsonArray("environ"))
                .isEqualTo(new JsonArray()
                        .add(entry("URL", "https://example.org"))
                        .add(new JsonObject().put("name", "TOKEN").put("secret", true)));
        CheckedSettings again = offerings.check(shown, sealed);
        assertThat(again.faults()).isEmpty();
        assertThat(again.sealed()).isEqualTo(sealed);
        assertThat(ScriptSettings.of(again.sealed(), CONFIG).open(Fixtures.BOX))
                .isEqualTo(
                        new ScriptSettings.Environ(Map.of("URL", "https://example.org"), Map.of("TOKEN", "hunter22")));
    }

    @Test
    void environMayBeAMap() {
        JsonObject environ = new JsonObject()
                .put("URL", "https://example.org")
                .put("COUNT", 3)
                .put("ON", true)
                .put("LIST", new JsonArray().add(1))
                .put("TOKEN", new JsonObject().put("value", "hunter22").put("secret", true));
        CheckedSettings checked = check(settings().put("environ", environ));
        assertThat(checked.faults()).isEmpty();
        assertThat(ScriptSettings.of(checked.sealed(), CONFIG).open(Fixtures.BOX))
                .isEqualTo(new ScriptSettings.Environ(
                        Map.of("URL", "https://example.org", "COUNT", "3", "ON", "true", "LIST", "[1]"),
                        Map.of("TOKEN", "hunter22")));
    }

    @Test
    void aSecretBecomesNoPlainValueByBeingCalledOne() {
        JsonArray secret = new JsonArray().add(entry("TOKEN", "hunter22").put("secret", true));
        JsonObject sealed = check(settings().put("environ", secret)).sealed();
        JsonObject plain = settings()
                .put(
                        "environ",
                        new JsonArray()
                                .add(new JsonObject().put("name", "TOKEN").put("secret", false)));
        assertThat(offerings.check(plain, sealed).faults())
                .extracting(Fault::message)
                .containsExactly("Cannot set variable 'TOKEN': it has no value. Send one, the empty text perhaps.");
    }

    @Test
    void allFaultsAreToldAtOnceAndNeverASecret() {
        JsonArray environ = new JsonArray()
                .add(entry("1ST", "x"))
                .add(entry("SHORT", "hun").put("secret", true))
                .add(new JsonObject().put("name", "NEW").put("secret", true))
                .add(entry("NUL", "a\0b"))
                .add(entry("TWICE", "1"))
                .add(entry("TWICE", "2"))
                .add(entry("OTHER", "1").put("sealed", "sealed:x"))
                .add(entry("LARGE", "x".repeat(131_072)))
                .add("nonsense")
                .add(entry("UID", "0"));
        CheckedSettings checked = check(new JsonObject()
                .put("language", "cobol")
                .put("environ", environ)
                .put("create", "x".repeat(SettingsReader.MAX_SCRIPT_BYTES) + "ü")
                .put("update", "a\0b")
                .put("timeout", "PT0S")
                .put("pull_interval", "soon")
                .put("idempotent", new JsonArray().add("delete"))
                .put(
                        "resources",
                        new JsonObject()
                                .put("memory", "100g")
                                .put("cpus", "many")
                                .put("disk", 1))
                .put("network", "host")
                .put("user", "root")
                .put("delete", "echo"));
        assertThat(checked.faults())
                .extracting(Fault::pointer)
                .containsExactlyInAnyOrder(
                        "/environ/0",
                        "/environ/1",
                        "/environ/2",
                        "/environ/3",
                        "/environ/5",
                        "/environ/6",
                        "/environ/7",
                        "/environ/8",
                        "/environ/9",
                        "/language",
                        "/create",
                        "/update",
                        "/timeout",
                        "/pull_interval",
                        "/idempotent/0",
                        "/resources/memory",
                        "/resources/cpus",
                        "/resources/disk",
                        "/network",
                        "/user",
                        "/delete");
        assertThat(checked.faults()).extracting(Fault::message).noneMatch(message -> message.contains("hun"));
    }

    @ParameterizedTest
    @CsvSource({"language, Expected one of python", "network, Expected one of bridge", "user, Expected one of 1000:1000"
    })
    void aFaultListsWhatIsAllowed(String key, String expected) {
        assertThat(check(settings().put(key, "nonsense")).faults())
                .singleElement()
                .extracting(Fault::message)
                .asString()
                .contains("'nonsense'", expected);
    }

    @Test
    void aScriptOfExactlyOneMebibyteIsKept() {
        assertThat(check(settings().put("create", "x".repeat(SettingsReader.MAX_SCRIPT_BYTES)))
                        .faults())
                .isEmpty();
    }

    @Test
    void storedSettingsWhoseLanguageIsNoLongerListedCannotBeUsed() {
        JsonObject sealed = check(settings()).sealed();
        ScriptConfig other = Fixtures.config(new JsonObject()
                .put(
                        "languages",
                        new JsonObject()
                                .put(
                                        "bash",
                                        new JsonObject().put("image", "bash").put("command", "bash"))));
        assertThatThrownBy(() -> ScriptSettings.of(sealed, other))
                .hasMessageContaining("language 'python'")
                .hasMessageContaining("bash");
    }

    @Test
    void theSchemaKnowsTheSameKeysAsTheReader() throws IOException {
        try (InputStream schema = getClass().getResourceAsStream("/META-INF/settings.schema.json")) {
            assertThat(schema).isNotNull();
            Set<String> keys = new JsonObject(new String(schema.readAllBytes(), StandardCharsets.UTF_8))
                    .getJsonObject("properties")
                    .fieldNames();
            JsonObject all = new JsonObject();
            keys.forEach(all::putNull);
            assertThat(check(all.put("language", "shell").put("unknown", 1)).faults())
                    .singleElement()
                    .extracting(Fault::message)
                    .asString()
                    .contains(keys.stream().sorted().toList().toString().replaceAll("[\\[\\]]", ""));
        }
    }

    private CheckedSettings check(JsonObject settings) {
        return offerings.check(settings, new JsonObject());
    }

    private static JsonObject settings() {
        return new JsonObject().put("language", "python");
    }

    private static JsonObject entry(String name, String value) {
        return new JsonObject().put("name", name).put("value", value);
    }
}
