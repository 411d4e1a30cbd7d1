package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.AuthConfig;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who we are to a registry. */
final class RegistryCredentialsTest {

    private static final String ANN = Base64.getEncoder().encodeToString("ann:pass:word".getBytes(UTF_8));

    @TempDir
    Path directory;

    private Optional<AuthConfig> of(String image) throws Exception {
        return new RegistryCredentials(directory.toString(), directory + "/helper-").of(new ImageName(image));
    }

    private void configure(String json) throws IOException {
        Files.writeString(directory.resolve("config.json"), json);
    }

    private void helper(String script) throws IOException {
        Path helper = directory.resolve("helper-test");
        Files.writeString(helper, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
        configure("{\"credHelpers\": {\"registry.example.org:5000\": \"test\"}}");
    }

    @Test
    void withoutAConfigurationThereAreNone() throws Exception {
        assertThat(of("registry.example.org/a:1")).isEmpty();
    }

    @Test
    void whatDockerLoginWroteIsFoundByTheRegistrysHost() throws Exception {
        configure(new JsonObject()
                .put(
                        "auths",
                        new JsonObject()
                                .put("https://registry.example.org/v2/", new JsonObject().put("auth", ANN))
                                .put("https://index.docker.io/v1/", new JsonObject().put("identitytoken", "t")))
                .encode());
        AuthConfig ann = of("registry.example.org/team/a:1").orElseThrow();
        assertThat(ann.getUsername()).isEqualTo("ann");
        assertThat(ann.getPassword()).isEqualTo("pass:word");
        assertThat(of("python:3.12-alpine").orElseThrow().getIdentitytoken()).isEqualTo("t");
        assertThat(of("other.example.org/a:1")).isEmpty();
    }

    @Test
    void helperIsAskedForItsRegistry() throws Exception {
        helper("""
                [ "$1" = get ] && [ "$(cat)" = registry.example.org:5000 ] || exit 1
                echo '{"ServerURL": "x", "Username": "ann", "Secret": "s3cret"}'
                """);
        AuthConfig ann = of("registry.example.org:5000/a@sha256:0").orElseThrow();
        assertThat(ann.getUsername()).isEqualTo("ann");
        assertThat(ann.getPassword()).isEqualTo("s3cret");
        assertThat(of("python:3")).isEmpty();
    }

    @Test
    void helperMayGiveATokenOrNothing() throws Exception {
        helper("cat >/dev/null; echo '{\"Username\": \"<token>\", \"Secret\": \"t\"}'");
        assertThat(of("registry.example.org:5000/a:1").orElseThrow().getIdentitytoken())
                .isEqualTo("t");
        helper("cat >/dev/null; echo credentials not found in native keychain; exit 1");
        assertThat(of("registry.example.org:5000/a:1")).isEmpty();
    }

    @Test
    void helperThatFailsIsNamed() throws Exception {
        helper("cat >/dev/null; echo the vault is sealed; exit 2");
        assertThatThrownBy(() -> of("registry.example.org:5000/a:1"))
                .hasMessageContaining("helper-test ended with 2: the vault is sealed");
    }
}
