package io.factotum.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.config.ConfigException;
import io.factotum.api.config.ConfigReader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

    private static AllowedHosts listed(String... hosts) {
        ConfigReader reader = new ConfigReader(
                "webhook.yaml", new JsonObject().put("allowed-hosts", new JsonArray(List.of((Object[]) hosts))));
        AllowedHosts allowed = WebhookConfig.read(reader).allowedHosts();
        reader.finish();
        return allowed;
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    @Test
    void hostsAreAllowedByNameAndByPatternWhateverTheirCase() {
        AllowedHosts hosts = listed("Hooks.Example.org", "*.internal.example", "10.0.0.7", "::1");
        assertThat(hosts.allows("hooks.example.ORG")).isTrue();
        assertThat(hosts.allows("hooks.example.org.")).isTrue();
        assertThat(hosts.allows("a.b.internal.example")).isTrue();
        assertThat(hosts.allows("10.0.0.7")).isTrue();
        assertThat(hosts.allows("::1")).isTrue();
        assertThat(hosts.allows("internal.example")).isFalse();
        assertThat(hosts.allows("evilinternal.example")).isFalse();
        assertThat(hosts.allows("hooks.example.org.evil.example")).isFalse();
        assertThat(hosts.allows("10.0.0.70")).isFalse();
    }

    @Test
    void withoutAListAnyHostIsAllowed() {
        assertThat(listed().allows("anything.example")).isTrue();
        assertThat(listed("*", "localhost").allows("anything.example")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.org", "example.org/path", "exa*mple.org", "a b", "", "*.", "*.*.org"})
    void entryThatIsNoHostIsAFault(String entry) {
        assertThatThrownBy(() -> listed(entry))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("webhook.yaml: cannot use allowed-hosts '" + entry + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "224.0.0.1",
                "255.255.255.255",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "::1",
                "::",
                "fe80::1",
                "ff02::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::169.254.169.254",
                "2002:7f00:1::"
            })
    void addressOfTheSurroundingsIsRefusedUnlessItsHostIsWrittenOut(String literal) throws Exception {
        assertThat(listed().refusal("hooks.example.org", address(literal))).isPresent();
        assertThat(listed("*.example.org").refusal("hooks.example.org", address(literal)))
                .isPresent();
        assertThat(listed("*", "hooks.example.org").refusal("hooks.example.org", address(literal)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1",
                "10.0.0.1",
                "192.168.1.1",
                "100.64.0.1",
                "2001:db8::1",
                "fd12::1",
                "64:ff9b::192.0.2.1"
            })
    void otherAddressIsNot(String literal) throws Exception {
        assertThat(listed().refusal("hooks.example.org", address(literal))).isEmpty();
    }
}
