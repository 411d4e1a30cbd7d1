package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a whole jar says of itself, and what it is rejected for. */
class JarContentsTest {

    private final Path jar;

    JarContentsTest(@TempDir Path temporary) {
        this.jar = temporary.resolve("a.jar");
    }

    private JarContents.Inspection inspected(JarBuilder builder) throws IOException {
        Files.write(jar, builder.bytes());
        return JarContents.inspect(jar, HostVersions.current());
    }

    private String fault(JarBuilder builder) throws IOException {
        JarContents.Inspection inspection = inspected(builder);
        assertThat(inspection.contents()).isNull();
        assertThat(inspection.faults()).hasSize(1);
        return inspection.faults().get(0);
    }

    @Test
    void classesOfTheHost() throws IOException {
        assertThat(fault(JarBuilder.bare("greeter")
                        .source("org.slf4j.Mine", "package org.slf4j; public class Mine {}")
                        .entry("META-INF/versions/11/io/vertx/core/Old.class", "class")))
                .contains("2 classes that the host lends")
                .contains("org/slf4j/Mine.class")
                .contains("META-INF/versions/11/io/vertx/core/Old.class")
                .contains("'provided'");
    }

    @Test
    void aDescriptorThatIsNoJsonObject() throws IOException {
        for (String none : List.of("[]", "{")) {
            assertThat(fault(JarBuilder.bare("greeter").entry("META-INF/plugin.json", none)))
                    .contains("Cannot read 'META-INF/plugin.json': it is not a JSON object");
        }
    }

    @Test
    void anEntryThatUnpacksToTooMuch() throws IOException {
        byte[] piece = new byte[1 << 20];
        try (ZipOutputStream bomb = new ZipOutputStream(Files.newOutputStream(jar))) {
            bomb.putNextEntry(new ZipEntry("bomb"));
            for (int i = 0; i <= 1024; i++) {
                bomb.write(piece);
            }
        }

        JarContents.Inspection inspection = JarContents.inspect(jar, HostVersions.current());

        assertThat(inspection.contents()).isNull();
        assertThat(inspection.faults())
                .singleElement()
                .asString()
                .contains("unpacks to more than 1073741824 bytes at entry 'bomb'");
    }

    @Test
    void aSettingsSchemaThatIsTooLarge() throws IOException {
        assertThat(fault(JarBuilder.bare("greeter")
                        .entry("META-INF/settings.schema.json", "{\"title\": \"" + "x".repeat(1 << 20) + "\"}")))
                .contains("Cannot use 'META-INF/settings.schema.json'", "at most");
    }

    @Test
    void aSettingsSchemaThatIsNamedButNotThere() throws IOException {
        assertThat(fault(JarBuilder.bare("greeter").descriptor(json -> json.put("settingsSchema", "schema.json"))))
                .contains("settingsSchema 'schema.json'");
    }

    @Test
    void aSettingsSchemaThatCannotBeUsed() throws IOException {
        assertThat(fault(
                        JarBuilder.bare("greeter").entry("META-INF/settings.schema.json", "{\"$ref\": \"#/nowhere\"}")))
                .contains("it is not a usable JSON Schema");
    }

    @Test
    void theSettingsSchemaIsTheOneThatTheDescriptorNames() throws IOException {
        JarContents contents = inspected(JarBuilder.bare("greeter")
                        .descriptor(json -> json.put("settingsSchema", "schema.json"))
                        .entry("schema.json", "{\"title\": \"named\"}")
                        .entry("META-INF/settings.schema.json", "{\"title\": \"another\"}"))
                .contents();

        assertThat(contents).isNotNull();
        assertThat(contents.settingsSchema()).isEqualTo(new JsonObject().put("title", "named"));
    }
}
