package io.factotum.host.plugin;

import io.factotum.api.Plugin;
import io.factotum.host.plugin.trust.TrustPolicy;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;

/** The host's staging of a jar by itself: read, hash, copy, every entry of the copy, descriptor and schemas. */
public final class Staging {

    private final JarStager stager;

    /** Into that directory. */
    public Staging(Path work) throws IOException {
        stager = new JarStager(work, HostVersions.current(), TrustPolicy.NONE);
        stager.open();
    }

    /**
     * Loads a plugin's main class through its class loader, makes it, and has it load its classes, on this thread: what the
     * host does for a start apart from threads, context and configuration.
     *
     * @return from the begin until that is done, and from there until the loader is closed; nanoseconds
     */
    public static long[] load(Path jar, String main, String touching) throws Exception {
        long begin = System.nanoTime();
        try (PluginClassLoader loader = new PluginClassLoader(jar.toString(), jar, Plugin.class.getClassLoader())) {
            PluginClassLoader.newInstance(loader.loadMain(main));
            Method touch = loader.loadClass(touching).getDeclaredMethod("touch");
            touch.setAccessible(true);
            touch.invoke(null);
            long loaded = System.nanoTime();
            loader.close();
            return new long[] {loaded - begin, System.nanoTime() - loaded};
        }
    }

    /** Stages a jar, and tells its copy. */
    public Path stage(Path jar) throws IOException {
        try {
            return stager.accept(jar.getFileName().toString(), stager.copy(jar, jar))
                    .copy();
        } catch (RejectedJarException rejected) {
            throw new IOException(rejected.reason(), rejected);
        }
    }
}
