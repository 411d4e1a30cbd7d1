package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.config.ConfigException;
import io.factotum.api.config.ConfigReader;
import io.factotum.scripts.executor.docker.Pulls;
import io.factotum.scripts.executor.docker.WarmSettings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptConfigTest {

    @Test
    void withoutSettingsTheDefaultsHold() {
        ScriptConfig config = Fixtures.config();
        assertThat(config.executor()).isEqualTo("auto");
        assertThat(config.languages())
                .containsOnlyKeys("python", "shell")
                .containsEntry("shell", new ScriptConfig.Language("alpine:3", List.of("sh")));
        assertThat(config.outputLimit()).isEqualTo(1 << 20);
        assertThat(config.docker())
                .isEqualTo(new DockerConfig(
                        "",
                        0,
                        List.of(),
                        true,
                        Pulls.missingWithin(Duration.ofMinutes(10)),
                        new DockerConfig.Sandboxes("offering", Duration.ofHours(6)),
                        Duration.ofMinutes(30),
                        List.of()));
        assertThat(config.allowances().standard()).isEqualTo(new ScriptConfig.Resources(1, 512L << 20, 256));
        assertThat(config.sweep()).isEqualTo(new ScriptConfig.Sweep(Duration.ofMinutes(5), Duration.ofMinutes(10)));
    }

    @Test
    void languagesReplaceTheDefaultOnesAndCommandsAreTextsOrLists() {
        JsonObject languages = new JsonObject()
                .put("bash", new JsonObject().put("image", "bash:5").put("command", "bash -eu"))
                .put("ansible", new JsonObject().put("image", "ansible").put("command", new JsonArray().add("play")));
        assertThat(Fixtures.config(new JsonObject().put("languages", languages)).languages())
                .containsOnlyKeys("bash", "ansible")
                .containsEntry("bash", new ScriptConfig.Language("bash:5", List.of("bash", "-eu")));
    }

    @Test
    void severalEnginesHaveSlotsOfTheirOwn() {
        JsonObject engines = new JsonObject()
                .put("left", new JsonObject().put("host", "unix:///run/left.sock"))
                .put(
                        "right",
                        new JsonObject().put("host", "tcp://10.0.0.2:2376").put("slots", 2));
        assertThat(Fixtures.config(new JsonObject()
                                .put("docker", new JsonObject().put("slots", 4).put("engines", engines)))
                        .docker()
                        .engines())
                .containsExactly(
                        new DockerConfig.Engine("left", "unix:///run/left.sock", 4),
                        new DockerConfig.Engine("right", "tcp://10.0.0.2:2376", 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"a/b": {"host": "unix:///x"}}      | docker.engines.a/b
            {"a": {"host": "10.0.0.2"}}         | docker.engines.a
            {"a": {}}                           | docker.engines.a
            {"a": {"host": "tcp://x", "slots": -1}} | docker.engines.a
            {"a": null}                         | docker.engines.a
            """)
    void engineThatCannotBeOneIsAFault(String engines, String fault) {
        JsonObject docker = new JsonObject().put("engines", new JsonObject(engines));
        assertThatThrownBy(() -> Fixtures.config(new JsonObject().put("docker", docker)))
                .hasMessageContaining(fault)
                .hasMessageContaining("expected a name");
    }

    @Test
    void warmContainersAreWantedForEachProgramAsManyAsALanguageSays() {
        JsonObject languages = new JsonObject()
                .put(
                        "one",
                        new JsonObject().put("image", "a").put("command", "sh").put("warm", 1))
                .put(
                        "two",
                        new JsonObject().put("image", "a").put("command", "sh").put("warm", 3))
                .put("cold", new JsonObject().put("image", "b").put("command", "sh"));
        JsonObject docker = new JsonObject().put("warm", new JsonObject().put("maximum-age", "PT5M"));
        ScriptConfig config =
                Fixtures.config(new JsonObject().put("languages", languages).put("docker", docker));
        assertThat(config.warmSettings(4))
                .isEqualTo(new WarmSettings(
                        Map.of(
                                new WarmSettings.Program("a", List.of("sh")),
                                3,
                                new WarmSettings.Program("b", List.of("sh")),
                                0),
                        Duration.ofMinutes(5),
                        4));
    }

    @Test
    void warmContainersThatCannotBeAreTold() {
        JsonObject json = new JsonObject()
                .put(
                        "languages",
                        new JsonObject()
                                .put(
                                        "shell",
                                        new JsonObject()
                                                .put("image", "a")
                                                .put("command", "sh")
                                                .put("warm", -1)))
                .put("docker", new JsonObject().put("warm", new JsonObject().put("maximum-age", "PT1S")));
        assertThatThrownBy(() -> Fixtures.config(json))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("languages.shell")
                .hasMessageContaining("warm: number up to 100")
                .hasMessageContaining("docker.warm.maximum-age")
                .hasMessageContaining("expected at least PT10S");
    }

    @Test
    void allFaultsAreToldAtOnceWithKeyAndValue() {
        JsonObject json = new JsonObject()
                .put("executor", "lxc")
                .put("languages", new JsonObject().put("cobol", new JsonObject().put("image", "cobol")))
                .put("output-limit", "much")
                .put("network", new JsonObject().put("default", "moon"))
                .put(
                        "docker",
                        new JsonObject()
                                .put("volumes", new JsonArray().add("a:/b:ro").add("a:b")))
                .put(
                        "resources",
                        new JsonObject()
                                .put(
                                        "default",
                                        new JsonObject().put("memory", "8g").put("cpus", "NaN"))
                                .put("maximum", new JsonObject().put("memory", "1k")))
                .put("timeout", 1);
        assertThatThrownBy(() -> Fixtures.config(json))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains("executor 'lxc'", "languages.cobol", "output-limit 'much'", "network.default 'moon'")
                .contains("resources.default.cpus 'NaN'", "resources.maximum.memory '1k'", "resources.default '")
                .contains("docker.volumes 'a:b'", "unknown key 'timeout'")
                .doesNotContain("a:/b:ro");
    }

    @Test
    void eachKeyIsDocumented() {
        ConfigReader reader = new ConfigReader("custom-scripts.yaml", new JsonObject());
        ScriptConfig.read(reader);
        assertThat(reader.keys()).hasSizeGreaterThan(15).allSatisfy(key -> {
            assertThat(key.meaning()).endsWith(".");
            assertThat(key.name()).matches("[a-z.-]+");
        });
    }

    @ParameterizedTest
    @CsvSource({"512m, 536870912", "1k, 1024", "2G, 2147483648", "100, 100", "1 MiB, 1048576", "1gb, 1073741824"})
    void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"''", "m", "-1", "0", "1.5g", "1x", "999999999999999t"})
    void otherSizesAreRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).hasMessageContaining("expected a size");
    }
}
