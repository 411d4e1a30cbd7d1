package io.factotum.bench.plugins;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * One jar that is a plugin of this host and one of PF4J: the same classes, and a start that loads the same of them.
 *
 * @param id how both call it
 */
record BenchJar(String id, Path file) {

    private static final int TOUCHED = 100;
    private static final String SOURCES = "bench/plugin";

    /** With as many real classes of another plugin's jar as make it that large; none for 0 bytes. */
    static BenchJar make(String id, Path donor, long bytes, Path directory) throws IOException {
        Path bundle = directory.resolve(id + "-bundle.jar");
        List<String> classes = bytes == 0 ? List.of() : bundle(donor, bytes, bundle);
        List<String> touched = bytes == 0 ? List.of() : loadable(bundle, classes);
        Path compiled = compile(directory.resolve(id), touched);
        Path jar = directory.resolve(id + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest(id))) {
            put(out, "META-INF/plugin.json", descriptor(id).toBuffer().getBytes());
            for (String name : List.of("Ours", "Theirs", "Classes")) {
                String entry = SOURCES + "/" + name + ".class";
                put(out, entry, Files.readAllBytes(compiled.resolve(entry)));
            }
            if (bytes > 0) {
                copy(bundle, classes, out);
            }
        }
        return new BenchJar(id, jar);
    }

    long bytes() throws IOException {
        return Files.size(file);
    }

    private static List<String> bundle(Path donor, long bytes, Path bundle) throws IOException {
        List<String> taken = new ArrayList<>();
        long size = 0;
        try (ZipFile zip = new ZipFile(donor.toFile())) {
            // What is loaded at start comes with all that it refers to.
            for (String first : List.of("com/fasterxml/", "io/fabric8/", "")) {
                for (ZipEntry entry : zip.stream().toList()) {
                    String name = entry.getName();
                    if (size < bytes
                            && name.startsWith(first)
                            && name.endsWith(".class")
                            && !name.startsWith("META-INF/")
                            && !name.startsWith("io/factotum/")
                            && !taken.contains(name)) {
                        taken.add(name);
                        size += entry.getCompressedSize();
                    }
                }
            }
        }
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(bundle))) {
            copy(donor, taken, out);
        }
        return taken;
    }

    private static void copy(Path from, List<String> entries, JarOutputStream out) throws IOException {
        try (ZipFile zip = new ZipFile(from.toFile())) {
            for (String name : entries) {
                put(out, name, zip.getInputStream(zip.getEntry(name)).readAllBytes());
            }
        }
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    private static List<String> loadable(Path bundle, List<String> classes) throws IOException {
        List<String> loaded = new ArrayList<>();
        URL[] urls = {bundle.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            for (String entry : classes) {
                String name =
                        entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
                if (loaded.size() < TOUCHED && name.startsWith("io.fabric8.") && isLoadable(name, loader)) {
                    loaded.add(name);
                }
            }
        }
        return loaded;
    }

    private static boolean isLoadable(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
            return true;
        } catch (ClassNotFoundException | LinkageError itNeedsAnother) {
            return false;
        }
    }

    private static Path compile(Path directory, List<String> touched) throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources"));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        List<Path> files = List.of(
                Files.writeString(sources.resolve("Ours.java"), """
                        package bench.plugin;
                        import io.factotum.api.*;
                        import io.factotum.api.admin.*;
                        import io.vertx.core.Future;
                        public class Ours implements Plugin, AdminHandler {
                            @Override public Future<?> start(PluginContext context) {
                                Classes.touch();
                                context.routes().route("GET", "/hello", this);
                                return Future.succeededFuture();
                            }
                            @Override public Future<AdminResponse> handle(AdminRequest request) {
                                return Future.succeededFuture(AdminResponse.noContent());
                            }
                        }
                        """),
                Files.writeString(sources.resolve("Theirs.java"), """
                        package bench.plugin;
                        public class Theirs extends org.pf4j.Plugin {
                            @Override public void start() { Classes.touch(); }
                        }
                        """),
                Files.writeString(sources.resolve("Classes.java"), """
                        package bench.plugin;
                        final class Classes {
                            static void touch() {
                                try {
                                    for (String name : new String[] {%s}) {
                                        Class.forName(name, false, Classes.class.getClassLoader());
                                    }
                                } catch (ClassNotFoundException impossible) {
                                    throw new IllegalStateException(impossible);
                                }
                            }
                        }
                        """.formatted(
                                touched.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", ")))));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-proc:none", "-d", classes.toString());
            if (!compiler.getTask(messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call()) {
                throw new IllegalStateException(messages.toString());
            }
        }
        return classes;
    }

    private static Manifest manifest(String id) {
        Manifest manifest = new Manifest();
        Stream.of(
                        new String[] {"Manifest-Version", "1.0"},
                        new String[] {"Plugin-Id", id},
                        new String[] {"Plugin-Version", "1.0.0"},
                        new String[] {"Plugin-Class", "bench.plugin.Theirs"})
                .forEach(line -> manifest.getMainAttributes().put(new Attributes.Name(line[0]), line[1]));
        return manifest;
    }

    private static JsonObject descriptor(String id) {
        return new JsonObject()
                .put("id", id)
                .put("version", "1.0.0")
                .put("api", "0.1")
                .put("vertx", "5.0")
                .put("main", "bench.plugin.Ours");
    }
}
