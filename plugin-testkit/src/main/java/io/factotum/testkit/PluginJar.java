package io.factotum.testkit;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The jar of the plugin under test.
 *
 * @param id as its descriptor says
 * @param packedHere whether it was packed from a directory of classes, and so has no libraries in it
 */
record PluginJar(byte[] bytes, String id, boolean packedHere) {

    static final String DESCRIPTOR = "META-INF/plugin.json";

    static PluginJar read(Path jar) throws IOException {
        if (!Files.isRegularFile(jar)) {
            throw new IOException(
                    "Cannot read plugin jar '%s': there is no such file. Build it first, with mvn package."
                            .formatted(jar.toAbsolutePath()));
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(DESCRIPTOR);
            if (entry == null) {
                throw new IOException("Cannot use jar '%s' as a plugin: it has no %s.".formatted(jar, DESCRIPTOR));
            }
            try (InputStream in = zip.getInputStream(entry)) {
                return new PluginJar(Files.readAllBytes(jar), id(jar, in.readAllBytes()), false);
            }
        }
    }

    /** What that class path has a descriptor of: a module's jar, or its directory of classes, which is packed. */
    static PluginJar on(ClassLoader classPath) throws IOException {
        List<URL> descriptors = Collections.list(classPath.getResources(DESCRIPTOR)).stream()
                .distinct()
                .toList();
        if (descriptors.size() != 1) {
            throw new IOException(
                    descriptors.isEmpty()
                            ? "Cannot find the plugin under test: there is no %s on the test class path. Put it into src/main/resources."
                                    .formatted(DESCRIPTOR)
                            : "Cannot tell which plugin is under test: %s is in %s. Name the jar with PluginHarness.ofJar."
                                    .formatted(DESCRIPTOR, descriptors));
        }
        return at(descriptors.get(0));
    }

    private static PluginJar at(URL descriptor) throws IOException {
        try {
            if (descriptor.openConnection() instanceof JarURLConnection inside) {
                return read(Path.of(inside.getJarFileURL().toURI()));
            }
            URI classes = descriptor.toURI().resolve("..");
            return pack(Path.of(classes));
        } catch (URISyntaxException unforeseen) {
            throw new IOException("Cannot find the file of '%s'.".formatted(descriptor), unforeseen);
        }
    }

    static PluginJar pack(Path classes) throws IOException {
        Path jar = Files.createTempFile("factotum-testkit", ".jar");
        try {
            try (OutputStream out = Files.newOutputStream(jar);
                    ZipOutputStream zip = new ZipOutputStream(out);
                    Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    zip.putNextEntry(
                            new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
                    Files.copy(file, zip);
                }
            }
            return new PluginJar(Files.readAllBytes(jar), id(classes, descriptorIn(classes)), true);
        } finally {
            Files.delete(jar);
        }
    }

    private static byte[] descriptorIn(Path classes) throws IOException {
        return Files.readAllBytes(classes.resolve(DESCRIPTOR));
    }

    private static String id(Path where, byte[] descriptor) throws IOException {
        try {
            String id = new JsonObject(new String(descriptor, StandardCharsets.UTF_8)).getString("id");
            if (id != null) {
                return id;
            }
            throw new IOException("Cannot use '%s' as a plugin: its %s has no id.".formatted(where, DESCRIPTOR));
        } catch (DecodeException | ClassCastException malformed) {
            throw new IOException(
                    "Cannot use '%s' as a plugin: its %s cannot be read: %s"
                            .formatted(where, DESCRIPTOR, malformed.getMessage()),
                    malformed);
        }
    }
}
