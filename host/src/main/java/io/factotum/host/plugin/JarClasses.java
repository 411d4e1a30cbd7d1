package io.factotum.host.plugin;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The classes of one jar as bytes, and its manifest. Opened when first asked, then open until closed; any thread. */
final class JarClasses implements Closeable {

    private final Path file;
    private @Nullable JarFile opened;
    private boolean closed;

    JarClasses(Path file) {
        this.file = file;
    }

    /** The bytes of the class of that name, for this version of Java; null if the jar has none. Blocks. */
    byte @Nullable [] read(String className) throws IOException {
        try {
            JarFile jar = jar();
            JarEntry entry = jar.getJarEntry(className.replace('.', '/') + ".class");
            if (entry == null) {
                return null;
            }
            // How many they are has been checked when the jar was taken over.
            byte[] bytes = new byte[Math.toIntExact(entry.getSize())];
            try (InputStream in = jar.getInputStream(entry)) {
                in.readNBytes(bytes, 0, bytes.length);
            }
            return bytes;
        } catch (IllegalStateException closedMeanwhile) {
            throw new IOException("it is closed", closedMeanwhile);
        }
    }

    /** What the jar says of itself, if it does. Blocks. */
    @Nullable
    Manifest manifest() throws IOException {
        try {
            return jar().getManifest();
        } catch (IllegalStateException closedMeanwhile) {
            throw new IOException("it is closed", closedMeanwhile);
        }
    }

    private synchronized JarFile jar() throws IOException {
        if (closed) {
            throw new IOException("it is closed");
        }
        JarFile jar = opened;
        if (jar == null) {
            jar = new JarFile(file.toFile(), true, ZipFile.OPEN_READ, JarFile.runtimeVersion());
            opened = jar;
        }
        return jar;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        JarFile jar = opened;
        opened = null;
        if (jar != null) {
            jar.close();
        }
    }
}
