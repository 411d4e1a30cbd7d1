package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.config.ConfigException;
import io.factotum.api.config.ConfigReader;
import io.factotum.scripts.executor.docker.Pulls;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
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
                .isEqualTo(new ScriptConfig.Docker(
                        "",
                        true,
                        Pulls.missingWithin(Duration.ofMinutes(10)),
                        new ScriptConfig.Sandboxes("offering", Duration.ofHours(6)),
                        new ScriptConfig.Warm(Duration.ofMinutes(30), 8),
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
