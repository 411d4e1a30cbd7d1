package io.factotum.webhook;

import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are trusted beside those that the JDK trusts. Reads files: blocks. */
final class Trust {

    private Trust() {}

    /** The JDK's and those of the file. @throws IllegalArgumentException if it cannot be used */
    static TrustOptions with(String configName, String file) {
        try (InputStream pem = Files.newInputStream(Path.of(file))) {
            Collection<? extends Certificate> own =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (own.isEmpty()) {
                throw new IllegalArgumentException(unusable(configName, file, "there is no certificate in it"));
            }
            List<Certificate> all = new ArrayList<>(own);
            all.addAll(ofJdk());
            return TrustOptions.wrap(managerOf(storeOf(all)));
        } catch (IOException | GeneralSecurityException failure) {
            throw new IllegalArgumentException(unusable(configName, file, failure.toString()), failure);
        }
    }

    private static String unusable(String configName, String file, String reason) {
        return "%s: cannot use trust-certificates '%s': %s. Expected a file with certificates in PEM form."
                .formatted(configName, file, reason);
    }

    private static List<X509Certificate> ofJdk() throws GeneralSecurityException {
        return List.of(managerOf(null).getAcceptedIssuers());
    }

    private static KeyStore storeOf(List<Certificate> certificates) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("trusted-" + i, certificates.get(i));
        }
        return store;
    }

    /** @param store null for the JDK's own */
    private static X509TrustManager managerOf(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("this Java has no trust manager for X.509");
    }
}
