package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.config.ConfigReader;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {

    @Test
    void referenceHoldsWhatTheCodeReads() throws IOException {
        ConfigReader reader = new ConfigReader("custom-scripts.yaml", new JsonObject());
        ScriptConfig.read(reader);
        assertThat(Files.readString(Path.of("../docs/configuration.md")))
                .as("docs/configuration.md must contain this table")
                .contains(reader.markdown());
    }

    @Test
    void schemaOfTheJarHoldsWhatTheCodeReads() throws IOException {
        ConfigReader reader = new ConfigReader("custom-scripts.yaml", new JsonObject());
        ScriptConfig.read(reader);
        Path file = Path.of("src/main/resources/META-INF/config.schema.json");
        // After a change of keys: mvn test -Dconfig.schema=write
        if ("write".equals(System.getProperty("config.schema"))) {
            Files.writeString(file, reader.schema().encodePrettily() + "\n");
        }
        assertThat(new JsonObject(Files.readString(file))).isEqualTo(reader.schema());
    }
}
