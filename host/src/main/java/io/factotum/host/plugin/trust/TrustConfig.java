package io.factotum.host.plugin.trust;

import io.factotum.api.config.ConfigReader;
import java.nio.file.Path;
import java.util.List;

/** The operator's choice among the policies. */
public final class TrustConfig {

    private TrustConfig() {}

    /**
     * Reads it, and the keys with it. Blocks.
     *
     * @param home what a relative path is below
     * @param reader is told of keys that cannot be used
     */
    public static TrustPolicy read(ConfigReader reader, Path home) {
        String policy = reader.choice(
                "plugins.trust",
                "none",
                List.of("none", "checksum", "signed"),
                "Which jars are loaded: any, those with their SHA-256 beside them in `NAME.jar.sha256`, or those with a"
                        + " signature by a trusted key in `NAME.jar.sig`.");
        Path keys = home.resolve(reader.text(
                "plugins.trusted-keys",
                "conf/keys",
                "Where the Ed25519 public keys for `plugins.trust: signed` are, each in a `*.pem`."));
        return switch (policy) {
            case "checksum" -> new ChecksumPolicy();
            case "signed" -> signedBy(keys, reader);
            default -> TrustPolicy.NONE;
        };
    }

    private static TrustPolicy signedBy(Path keys, ConfigReader reader) {
        try {
            return new SignaturePolicy(TrustedKeys.read(keys));
        } catch (TrustedKeys.UnusableException unusable) {
            // Ends the reading, so that what is returned is not used.
            reader.fault("plugins.trusted-keys", keys, String.valueOf(unusable.getMessage()));
            return TrustPolicy.NONE;
        }
    }
}
