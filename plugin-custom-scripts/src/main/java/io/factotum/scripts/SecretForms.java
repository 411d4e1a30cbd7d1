package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The forms in which a secret may turn up in what a script prints. */
final class SecretForms {

    /** A shorter one would mask half of any text. */
    static final int MIN_LENGTH = 4;

    private static final List<String> URL_SAFE = List.of("-._~", "-._~/", "-._!~*'()", "-._*");
    private static final HexFormat LOWER = HexFormat.of();
    private static final HexFormat UPPER = HexFormat.of().withUpperCase();
    private static final int MIME_LINE = 76;

    private SecretForms() {}

    /** All forms of all secrets, as bytes in ISO 8859-1 strings. */
    static Set<String> of(Collection<String> secrets) {
        Set<String> forms = new LinkedHashSet<>();
        for (String secret : secrets) {
            addForms(secret, forms);
            if (!secret.strip().equals(secret)) {
                addForms(secret.strip(), forms);
            }
        }
        return forms;
    }

    private static void addForms(String secret, Set<String> forms) {
        if (secret.length() < MIN_LENGTH) {
            return;
        }
        Set<String> texts = new LinkedHashSet<>();
        texts.add(secret);
        addJsonForms(secret, texts);
        // A result is base64 of JSON: so what JSON makes of a secret is looked for in base64 too.
        texts.forEach(text -> addBase64Forms(text.getBytes(UTF_8), forms));
        addUrlForms(secret, texts);
        texts.forEach(text -> forms.add(new String(text.getBytes(UTF_8), ISO_8859_1)));
    }

    private static void addJsonForms(String secret, Set<String> texts) {
        for (boolean quotes : new boolean[] {true, false}) {
            for (String more : List.of("", "/", "<>&", "<>&/")) {
                texts.add(jsonEscaped(secret, quotes, more, false, false));
                texts.add(jsonEscaped(secret, quotes, more, true, false));
                texts.add(jsonEscaped(secret, quotes, more, true, true));
            }
        }
    }

    private static String jsonEscaped(String secret, boolean quotes, String more, boolean ascii, boolean upper) {
        StringBuilder escaped = new StringBuilder();
        for (char c : secret.toCharArray()) {
            int simple = "\\\b\f\n\r\t".indexOf(c);
            if (simple >= 0) {
                escaped.append('\\').append("\\bfnrt".charAt(simple));
            } else if ((c == '"' && quotes) || (c == '/' && more.indexOf(c) >= 0)) {
                escaped.append('\\').append(c);
            } else if (c < ' ' || more.indexOf(c) >= 0 || (ascii && c > '~')) {
                escaped.append("\\u").append((upper ? UPPER : LOWER).toHexDigits(c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static void addUrlForms(String secret, Set<String> texts) {
        for (String safe : URL_SAFE) {
            for (String space : List.of("%20", "+")) {
                texts.add(urlEncoded(secret, safe, space, UPPER));
                texts.add(urlEncoded(secret, safe, space, LOWER));
            }
        }
    }

    private static String urlEncoded(String secret, String safe, String space, HexFormat hex) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : secret.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            if (c == ' ') {
                encoded.append(space);
            } else if (c < 0x80 && (Character.isLetterOrDigit(c) || safe.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(hex.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static void addBase64Forms(byte[] secret, Set<String> forms) {
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            forms.add(encoder.encodeToString(secret));
            forms.add(encoder.withoutPadding().encodeToString(secret));
            for (int before = 0; before < 3; before++) {
                forms.add(insideBase64(secret, before, encoder));
            }
        }
        String wrapped = insideBase64(secret, 0, Base64.getMimeEncoder(MIME_LINE, new byte[] {'\n'}));
        if (wrapped.indexOf('\n') >= 0) {
            forms.add(wrapped);
        }
    }

    /** The characters that depend on nothing but the secret, where so many bytes stand before it. */
    private static String insideBase64(byte[] secret, int before, Base64.Encoder encoder) {
        byte[] shifted = new byte[before + secret.length];
        System.arraycopy(secret, 0, shifted, before, secret.length);
        String encoded = encoder.encodeToString(shifted);
        int from = (before * 8 + 5) / 6;
        int sextets = shifted.length * 8 / 6;
        int lineFeeds = (int) encoded.chars().filter(c -> c == '\n').count();
        return encoded.substring(from, Math.min(encoded.length(), sextets + lineFeeds));
    }
}
