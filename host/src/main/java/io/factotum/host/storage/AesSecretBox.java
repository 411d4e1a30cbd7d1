package io.factotum.host.storage;

import io.factotum.api.store.SecretBox;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Seals with AES-256-GCM: {@code v1:} and the base64 of nonce and ciphertext. */
public final class AesSecretBox implements SecretBox {

    /** Bytes of a key. */
    public static final int KEY_BYTES = 32;

    private static final String VERSION = "v1:";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    /** With a key of {@link #KEY_BYTES} bytes. */
    public AesSecretBox(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException(
                    "Cannot use the secret key: it has %d bytes. Expected %d.".formatted(key.length, KEY_BYTES));
        }
        this.key = new SecretKeySpec(key, "AES");
    }

    @Override
    public String seal(String secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, nonce, secret.getBytes(StandardCharsets.UTF_8));
        byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + encrypted.length);
        System.arraycopy(encrypted, 0, sealed, NONCE_BYTES, encrypted.length);
        return VERSION + Base64.getEncoder().encodeToString(sealed);
    }

    @Override
    public String open(String sealed) {
        if (!sealed.startsWith(VERSION)) {
            throw notOurs(null);
        }
        byte[] bytes = Base64.getDecoder().decode(sealed.substring(VERSION.length()));
        if (bytes.length < NONCE_BYTES) {
            throw notOurs(null);
        }
        byte[] plain = cipher(
                Cipher.DECRYPT_MODE,
                Arrays.copyOf(bytes, NONCE_BYTES),
                Arrays.copyOfRange(bytes, NONCE_BYTES, bytes.length));
        return new String(plain, StandardCharsets.UTF_8);
    }

    private byte[] cipher(int mode, byte[] nonce, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException failure) {
            throw notOurs(failure);
        }
    }

    private static IllegalArgumentException notOurs(@Nullable Throwable cause) {
        return new IllegalArgumentException(
                "Cannot open a sealed secret: it was not sealed with this installation's key."
                        + " Restore the key file that belongs to this database, or enter the secret anew.",
                cause);
    }
}
