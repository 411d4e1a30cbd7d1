package io.factotum.host.plugin;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A plugin jar in the making: sources that are compiled, entries, a descriptor. */
final class JarBuilder {

    private static final String MAIN = "example.Main";

    private final JsonObject descriptor = new JsonObject();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    private JarBuilder(String id) {
        descriptor
                .put("id", id)
                .put("version", "1.0.0")
                .put("api", HostVersions.current().api().toString())
                .put("vertx", HostVersions.current().vertx().toString())
                .put("main", MAIN);
    }

    /** A plugin without a main class yet. */
    static JarBuilder bare(String id) {
        return new JarBuilder(id);
    }

    /** A plugin whose start does this and has to return a future; {@code context} is there. */
    static JarBuilder plugin(String id, String startBody) {
        return plugin(id, startBody, "");
    }

    /** The same with further members of the class. */
    static JarBuilder plugin(String id, String startBody, String members) {
        return new JarBuilder(id).main(startBody, members);
    }

    JarBuilder main(String startBody, String members) {
        return source(MAIN, """
                package example;
                import io.factotum.api.*;
                import io.factotum.api.lifecycle.*;
                import io.factotum.api.offering.*;
                import io.vertx.core.*;
                import io.vertx.core.json.*;
                import java.util.*;
                public class Main implements Plugin {
                    PluginContext lent;
                    %s
                    @Override public Future<?> start(PluginContext context) {
                        lent = context;
                        %s
                    }
                    static String loaderOf(Thread thread) { return thread.getContextClassLoader().getName(); }
                    Future<Void> tell(String key, Object value) {
                        return lent.documents().put(key, new JsonObject().put("value", value));
                    }
                }
                """.formatted(members, startBody));
    }

    JarBuilder source(String className, String code) {
        sources.put(className, code);
        return this;
    }

    JarBuilder entry(String name, String text) {
        return entry(name, text.getBytes(StandardCharsets.UTF_8));
    }

    JarBuilder entry(String name, byte[] bytes) {
        entries.put(name, bytes);
        return this;
    }

    JarBuilder descriptor(Consumer<JsonObject> change) {
        change.accept(descriptor);
        return this;
    }

    byte[] bytes() {
        Map<String, byte[]> all = new LinkedHashMap<>(entries);
        all.putIfAbsent(PluginDescriptor.ENTRY, descriptor.encode().getBytes(StandardCharsets.UTF_8));
        all.putAll(compile());
        return zip(all);
    }

    static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                // The same content is the same bytes, whenever it is made.
                header.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
                zip.putNextEntry(header);
                zip.write(entry.getValue());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    Path writeTo(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Map<String, byte[]> compile() {
        if (sources.isEmpty()) {
            return Map.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, code) -> units.add(new Source(name, code)));
        List<String> options = List.of("-proc:none", "-classpath", classPath());
        try (JavaFileManager files = new InMemory(compiler.getStandardFileManager(null, null, null), classes)) {
            if (!compiler.getTask(messages, files, null, options, null, units).call()) {
                throw new IllegalArgumentException(messages.toString());
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        classes.forEach((name, out) -> bytes.put(name.replace('.', '/') + ".class", out.toByteArray()));
        return bytes;
    }

    private static String classPath() {
        return Stream.of(io.factotum.api.Plugin.class, io.vertx.core.Vertx.class, org.slf4j.Logger.class)
                .map(type -> {
                    try {
                        return Path.of(type.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString();
                    } catch (URISyntaxException impossible) {
                        throw new IllegalStateException(impossible);
                    }
                })
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        private Source(String className, String code) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        private InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
                @Override
                public ByteArrayOutputStream openOutputStream() {
                    return classes.computeIfAbsent(className, name -> new ByteArrayOutputStream());
                }
            };
        }
    }
}
