package io.factotum.host.plugin;

import io.factotum.host.plugin.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Path;

/** The host's staging of a jar by itself: read, hash, copy, every entry of the copy, descriptor and schemas. */
public final class Staging {

    private final JarStager stager;

    /** Into that directory. */
    public Staging(Path work) throws IOException {
        stager = new JarStager(work, HostVersions.current(), TrustPolicy.NONE);
        stager.open();
    }

    /** Stages a jar. */
    public void stage(Path jar) throws IOException {
        try {
            stager.accept(jar.getFileName().toString(), stager.copy(jar, jar));
        } catch (RejectedJarException rejected) {
            throw new IOException(rejected.reason(), rejected);
        }
    }
}
