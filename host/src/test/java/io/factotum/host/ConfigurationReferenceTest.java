package io.factotum.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.config.ConfigException;
import io.factotum.api.config.ConfigReader;
import io.factotum.host.config.ConfigFile;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {

    private static final Path REPOSITORY = Path.of("..");

    @Test
    void referenceHoldsWhatTheCodeReads() throws IOException {
        ConfigReader reader = new ConfigReader("host.yaml", new JsonObject());
        HostConfig.read(reader, Path.of(""));
        assertThat(Files.readString(REPOSITORY.resolve("docs/configuration.md")))
                .as("docs/configuration.md must contain this table")
                .contains(reader.markdown());
    }

    @Test
    void repositorysOwnFileIsRight() {
        Path file = REPOSITORY.resolve("conf/host.yaml");
        HostConfig config = HostConfig.read(new ConfigReader(file.toString(), ConfigFile.read(file)), Path.of(""));
        assertThat(config.httpHost()).isEqualTo("127.0.0.1");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnceWithFileKeyAndValue() {
        JsonObject wrong = new JsonObject()
                .put("http", new JsonObject().put("port", 99999).put("hosst", "x"))
                .put("lifecycle", new JsonObject().put("lease", "soon"));
        assertThatThrownBy(() -> HostConfig.read(new ConfigReader("conf/host.yaml", wrong), Path.of("")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("conf/host.yaml: cannot use http.port '99999'")
                .hasMessageContaining("unknown key 'http.hosst'")
                .hasMessageContaining("cannot use lifecycle.lease 'soon'");
    }

    @Test
    void aTrustPolicyThatCannotBeUsedIsToldBeforeTheStart() {
        JsonObject unknown = new JsonObject().put("plugins", new JsonObject().put("trust", "sometimes"));
        JsonObject noKeys = new JsonObject()
                .put("plugins", new JsonObject().put("trust", "signed").put("trusted-keys", "nowhere"));
        assertThatThrownBy(() -> HostConfig.read(new ConfigReader("conf/host.yaml", unknown), Path.of("")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "conf/host.yaml: cannot use plugins.trust 'sometimes': expected one of none, checksum, signed");
        assertThatThrownBy(() -> HostConfig.read(new ConfigReader("conf/host.yaml", noKeys), Path.of("")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("conf/host.yaml: cannot use plugins.trusted-keys 'nowhere'")
                .hasMessageContaining("cannot be listed");
    }
}
