package io.factotum.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts {@code ***} in place of secrets in what an endpoint answers, in the forms in which one would send them back: as
 * they are, in JSON, in base64, URL-encoded. Immutable; any thread.
 */
final class SecretMask {

    /** A shorter secret would mask half of any text. */
    static final int SHORTEST = 4;

    private static final String MASK = "***";

    private final List<String> forms;

    private SecretMask(List<String> forms) {
        this.forms = forms;
    }

    static SecretMask of(Collection<String> secrets) {
        Set<String> forms = new LinkedHashSet<>();
        for (String secret : secrets) {
            addForms(secret, forms);
            // The credentials alone, without their scheme: Authorization: Bearer <credentials>.
            int blank = secret.indexOf(' ');
            if (blank >= 0) {
                String credentials = secret.substring(blank + 1).strip();
                addForms(credentials, forms);
                if (secret.substring(0, blank).equalsIgnoreCase("Basic")) {
                    addPassword(credentials, forms);
                }
            }
        }
        // The longest first: one may be part of another.
        return new SecretMask(forms.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    String mask(String text) {
        String masked = text;
        for (String form : forms) {
            masked = masked.replace(form, MASK);
        }
        return masked;
    }

    /** How long a secret may be that is cut off at the end of a text. */
    int longest() {
        return forms.isEmpty() ? 0 : forms.get(0).length();
    }

    private static void addForms(String secret, Set<String> forms) {
        if (secret.length() < SHORTEST) {
            return;
        }
        String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(secret.getBytes(UTF_8));
        forms.addAll(List.of(secret, json, json.replace("/", "\\/"), base64, URLEncoder.encode(secret, UTF_8)));
    }

    private static void addPassword(String credentials, Set<String> forms) {
        try {
            String decoded = new String(Base64.getDecoder().decode(credentials), UTF_8);
            addForms(decoded, forms);
            addForms(decoded.substring(decoded.indexOf(':') + 1), forms);
        } catch (IllegalArgumentException notBasic) {
            // Masked as it is.
        }
    }
}
