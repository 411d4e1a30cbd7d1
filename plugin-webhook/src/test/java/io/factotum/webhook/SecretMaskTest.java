package io.factotum.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretMaskTest {

    @Test
    void secretIsMaskedInTheFormsInWhichItMayComeBack() {
        SecretMask mask = SecretMask.of(List.of("Bearer to\"ken/1+"));
        assertThat(mask.mask("a Bearer to\"ken/1+ b")).isEqualTo("a *** b");
        assertThat(mask.mask("[to\"ken/1+]")).isEqualTo("[***]");
        assertThat(mask.mask("{\"h\":\"Bearer to\\\"ken/1+\"}")).isEqualTo("{\"h\":\"***\"}");
        assertThat(mask.mask("{\"h\":\"to\\\"ken\\/1+\"}")).isEqualTo("{\"h\":\"***\"}");
        assertThat(mask.mask("?t=to%22ken%2F1%2B")).isEqualTo("?t=***");
        assertThat(mask.mask(Base64.getEncoder().encodeToString("to\"ken/1+".getBytes(UTF_8))))
                .startsWith("***");
        assertThat(mask.mask("Bearer of good news")).isEqualTo("Bearer of good news");
    }

    @Test
    void passwordOfBasicAuthenticationIsASecretOfItsOwn() {
        String credentials = Base64.getEncoder().encodeToString("ann:hush-hush".getBytes(UTF_8));
        SecretMask mask = SecretMask.of(List.of("Basic " + credentials));
        assertThat(mask.mask("user ann, password hush-hush, or " + credentials))
                .isEqualTo("user ann, password ***, or ***");
    }

    @Test
    void nothingIsMaskedWithoutSecrets() {
        SecretMask mask = SecretMask.of(List.of());
        assertThat(mask.mask("text")).isEqualTo("text");
        assertThat(mask.longest()).isZero();
    }
}
