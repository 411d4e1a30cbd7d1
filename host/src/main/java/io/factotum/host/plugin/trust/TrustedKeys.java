package io.factotum.host.plugin.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The public keys whose signatures count: one in each {@code *.pem} of a directory. Read once; immutable. */
final class TrustedKeys {

    static final String ALGORITHM = "Ed25519";

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (?<label>[A-Z0-9 ]+)-----(?<base64>[^-]*)-----END \\k<label>-----");
    private static final String PUBLIC = "PUBLIC KEY";

    private final Path directory;
    private final Map<String, PublicKey> keys;

    private TrustedKeys(Path directory, Map<String, PublicKey> keys) {
        this.directory = directory;
        this.keys = keys;
    }

    /** A directory that cannot be used; a line for each fault. */
    static final class UnusableException extends Exception {

        private static final long serialVersionUID = 1L;

        private UnusableException(List<String> faults) {
            super(String.join("; ", faults));
        }
    }

    /**
     * Reads them all. Blocks.
     *
     * @throws UnusableException if there are none, or one cannot be read: a key that was meant to count must not be missed
     */
    static TrustedKeys read(Path directory) throws UnusableException {
        Map<String, PublicKey> keys = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        for (Path file : files(directory)) {
            String name = file.getFileName().toString();
            try {
                keys.put(name, key(Files.readString(file, StandardCharsets.ISO_8859_1)));
            } catch (IOException unreadable) {
                faults.add("%s cannot be read (%s)".formatted(name, unreadable));
            } catch (IllegalArgumentException unusable) {
                faults.add("%s %s".formatted(name, unusable.getMessage()));
            }
        }
        if (!faults.isEmpty()) {
            throw new UnusableException(faults);
        }
        if (keys.isEmpty()) {
            throw new UnusableException(
                    List.of(
                            "there is no *.pem in it. Expected at least one Ed25519 public key, as 'openssl pkey -pubout' writes it"));
        }
        return new TrustedKeys(directory, Map.copyOf(keys));
    }

    private static Collection<Path> files(Path directory) throws UnusableException {
        Collection<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> listed = Files.newDirectoryStream(directory, "*.pem")) {
            listed.forEach(files::add);
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new UnusableException(List.of("the directory cannot be listed (%s)".formatted(unreadable)));
        }
        return files;
    }

    /** @throws IllegalArgumentException that goes on where the file's name ends */
    private static PublicKey key(String text) {
        Matcher pem = PEM.matcher(text);
        if (!pem.find()) {
            throw new IllegalArgumentException("is not PEM. Expected '-----BEGIN PUBLIC KEY-----'");
        }
        String label = pem.group("label");
        String base64 = pem.group("base64");
        if (pem.find()) {
            throw new IllegalArgumentException("holds several keys. Expected one in each file");
        }
        if (!label.equals(PUBLIC)) {
            throw new IllegalArgumentException(
                    "holds a %s. Expected a PUBLIC KEY: 'openssl pkey -pubout' makes it of the private one, which is no business of this host"
                            .formatted(label));
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(base64);
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException anotherKind) {
            throw new IllegalArgumentException(
                    "is no Ed25519 key (%s)".formatted(anotherKind.getMessage()), anotherKind);
        }
    }

    Collection<PublicKey> all() {
        return keys.values();
    }

    Path directory() {
        return directory;
    }

    /** For messages: the names of their files. */
    String names() {
        return String.join(", ", new TreeSet<>(keys.keySet()));
    }
}
