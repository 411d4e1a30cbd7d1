package io.factotum.webhook;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests as Standard Webhooks 1.0 says: HMAC-SHA256 over id, timestamp and body. Any thread. */
final class SigningKey {

    static final String PREFIX = "whsec_";

    /** What to do about a secret that is none. */
    static final String EXPECTED =
            "Expected whsec_ and 24 to 64 random bytes in base64, as of: echo whsec_$(openssl rand -base64 32)";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int FEWEST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    private final SecretKeySpec key;

    private SigningKey(byte[] bytes) {
        key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /**
     * From its text.
     *
     * @throws IllegalArgumentException if it is none, with a reason that does not tell it
     */
    static SigningKey of(String secret) {
        if (!secret.startsWith(PREFIX)) {
            throw new IllegalArgumentException("it does not begin with whsec_. " + EXPECTED);
        }
        byte[] bytes = decode(secret.substring(PREFIX.length()));
        if (bytes.length < FEWEST_BYTES || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException("it has %d bytes. %s".formatted(bytes.length, EXPECTED));
        }
        return new SigningKey(bytes);
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException wrong) {
            // Without its cause, which quotes of the secret.
            throw new IllegalArgumentException("what follows whsec_ is not base64. " + EXPECTED);
        }
    }

    /** The header {@code webhook-signature}. */
    String sign(String id, long timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + timestamp + ".").getBytes(US_ASCII));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, impossible);
        }
    }
}
