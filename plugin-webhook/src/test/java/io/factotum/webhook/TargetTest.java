package io.factotum.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {

    @ParameterizedTest
    @CsvSource({
        "http://hooks.example.org, false, hooks.example.org, 80, /, http://hooks.example.org/",
        "HTTPS://hooks.example.org:8443/a/b, true, hooks.example.org, 8443, /a/b, https://hooks.example.org:8443/a/b",
        "https://hooks.example.org/x?key=1%20, true, hooks.example.org, 443, /x?key=1%20, https://hooks.example.org/x?…",
        "http://[::1]:81/, false, ::1, 81, /, http://[::1]:81/"
    })
    void urlIsTakenApart(String url, boolean secure, String host, int port, String path, String shown) {
        assertThat(Target.of(url)).isEqualTo(new Target(secure, host, port, path));
        assertThat(Target.of(url).shown()).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://example.org/|its scheme is neither http nor https",
                "example.org/hook|its scheme is neither http nor https",
                "https:///hook|there is no host in it",
                "http://0x7f.1/|there is no host in it",
                "http://127.1/|there is no host in it",
                "http://a..b/|there is no host in it",
                "https://exa mple.org/|it is no URL",
                "https://ünicode.example/|there is no host in it",
                "https://example.org/#x|there is a fragment",
                "https://example.org:0/|port 0 is none",
                "https://example.org:70000/|port 70000 is none"
            })
    void urlThatCannotBeCalledIsRefusedWithTheReason(String url, String reason) {
        assertThatThrownBy(() -> Target.of(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void passwordInAUrlIsRefusedWithoutBeingTold() {
        assertThatThrownBy(() -> Target.of("https://ann:hush-hush@example.org/"))
                .hasMessageContaining("the header Authorization")
                .hasMessageNotContaining("hush-hush");
    }
}
