package io.factotum.webhook;

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
        ConfigReader reader = new ConfigReader("webhook.yaml", new JsonObject());
        WebhookConfig.read(reader);
        assertThat(Files.readString(Path.of("../docs/configuration.md")))
                .as("docs/configuration.md must contain this table")
                .contains(reader.markdown());
    }

    @Test
    void shippedFileNamesEveryKey() throws IOException {
        ConfigReader reader = new ConfigReader("webhook.yaml", new JsonObject());
        WebhookConfig.read(reader);
        assertThat(Files.readString(Path.of("../conf/plugins/webhook.yaml")))
                .contains(reader.keys().stream()
                        .map(key -> "# " + key.name() + ":")
                        .toList());
    }
}
