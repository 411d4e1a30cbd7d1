package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.factotum.api.offering.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class JarSchemaTest {

    private static final JsonObject SCHEMA = new JsonObject("""
            {"$schema": "https://json-schema.org/draft/2020-12/schema",
             "type": "object", "required": ["language"], "additionalProperties": false,
             "properties": {
               "language": {"type": "string", "pattern": "^[a-z]+$"},
               "timeout": {"type": "integer", "minimum": 1},
               "a/b c": {"type": "boolean"},
               "environ": {"$ref": "#/$defs/environ"},
               "old": false,
               "network": {"oneOf": [{"type": "boolean"}, {"enum": ["none", "host"]}]}},
             "$defs": {"environ": {"type": "array", "items": {
               "type": "object", "required": ["name"], "additionalProperties": false,
               "properties": {"name": {"type": "string"}, "value": {"type": "string", "maxLength": 3}}}}}}
            """);

    private static List<Fault> faults(JsonObject settings) {
        return new JarSchema(SCHEMA).faults(settings);
    }

    @Test
    void goodSettingsHaveNoFaults() {
        assertThat(faults(new JsonObject().put("language", "python").put("network", "host")))
                .isEmpty();
    }

    @Test
    void everyFaultIsToldOnceWithItsPointer() {
        JsonObject settings = new JsonObject()
                .put("language", "Python 3")
                .put("timeout", 0)
                .put("a/b c", "no")
                .put("environ", new JsonArray().add(new JsonObject().put("value", "sesame")));

        assertThat(faults(settings))
                .extracting(Fault::pointer, Fault::message)
                .containsExactlyInAnyOrder(
                        tuple("/language", "String does not match pattern."),
                        tuple("/timeout", "0 is less than 1."),
                        tuple("/a~1b c", "Instance type string is invalid. Expected boolean."),
                        tuple("/environ/0", "Instance does not have required property \"name\"."),
                        tuple("/environ/0/value", "String is too long (6 > 3)."));
    }

    @Test
    void anUnknownKeyIsToldWithTheKnownOnes() {
        assertThat(faults(new JsonObject().put("language", "python").put("lnaguage", "x")))
                .containsExactly(new Fault(
                        "/lnaguage",
                        "There is no such key. Known keys: a/b c, environ, language, network, old, timeout."));
    }

    @Test
    void aMissingKeyPointsAtTheWhole() {
        assertThat(faults(new JsonObject())).extracting(Fault::pointer).containsExactly("");
    }

    @Test
    void aForbiddenKeyIsAFaultBesideOthers() {
        assertThat(faults(new JsonObject().put("language", 5).put("old", 1)))
                .extracting(Fault::pointer)
                .containsExactlyInAnyOrder("/language", "/old");
    }

    @Test
    void aChoiceThatNothingMatchesTellsEachWayOut() {
        assertThat(faults(new JsonObject().put("language", "python").put("network", "bridge")))
                .extracting(Fault::message)
                .containsExactly(
                        "Instance type string is invalid. Expected boolean.",
                        "Instance does not match any of [\"none\",\"host\"].");
    }

    @Test
    void ofTwoFormsTheOneThatWasTriedIsTold() {
        JsonObject schema = new JsonObject("""
                {"properties": {"environ": {"oneOf": [
                  {"type": "array", "items": {"type": "object", "required": ["name"]}},
                  {"type": "object", "propertyNames": {"pattern": "^[A-Z]+$"},
                   "additionalProperties": {"type": "string"}}]}}}
                """);
        JsonObject list = new JsonObject().put("environ", new JsonArray().add(new JsonObject()));
        JsonObject map =
                new JsonObject().put("environ", new JsonObject().put("a", "x").put("B", 1));

        assertThat(new JarSchema(schema).faults(list))
                .extracting(Fault::pointer, Fault::message)
                .containsExactly(tuple("/environ/0", "Instance does not have required property \"name\"."));
        assertThat(new JarSchema(schema).faults(map))
                .extracting(Fault::pointer, Fault::message)
                .containsExactlyInAnyOrder(
                        tuple("/environ/a", "The key itself: String does not match pattern."),
                        tuple("/environ/B", "Instance type number is invalid. Expected string."));
        assertThat(new JarSchema(schema).faults(new JsonObject().put("environ", 1)))
                .hasSize(2);
    }

    @Test
    void noTextOfTheSettingsIsQuoted() {
        assertThat(faults(new JsonObject()
                        .put("language", "S3CRET")
                        .put("timeout", "S3CRET")
                        .put("network", "S3CRET")))
                .hasSize(4)
                .noneMatch(fault -> fault.message().contains("S3CRET"));
    }

    @Test
    void theSettingsAreNotTouched() {
        JsonObject settings = new JsonObject().put("language", "python");
        JarSchema schema = new JarSchema(SCHEMA);

        schema.faults(settings);

        assertThat(settings).isEqualTo(new JsonObject().put("language", "python"));
        assertThat(SCHEMA.fieldNames()).noneMatch(name -> name.startsWith("__"));
    }
}
