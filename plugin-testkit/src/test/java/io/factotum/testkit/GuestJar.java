package io.factotum.testkit;

import io.factotum.api.Plugin;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.slf4j.Logger;

/** A plugin of one class, {@code guest.Guest}, that is compiled and packed on the spot. */
final class GuestJar {

    private static final String SOURCE = """
            package guest;

            import io.factotum.api.*;
            import io.factotum.api.lifecycle.*;
            import io.factotum.api.offering.*;
            import io.vertx.core.*;
            import io.vertx.core.buffer.Buffer;
            import io.vertx.core.eventbus.MessageCodec;
            import io.vertx.core.json.*;
            import java.time.Duration;
            import java.util.*;

            public class Guest implements Plugin, OfferingSupport {
                static final ThreadLocal<Object> LOCAL = new ThreadLocal<>();

                public Future<?> start(PluginContext context) {
                    %s
                    return context.serve(this, event -> context.runs()
                            .begin(event, "guest", "none")
                            .map(begun -> LifecycleResult.created(
                                    context.config().getString("greeting", "hello") + " " + event.resource().name(),
                                    null,
                                    null)));
                }

                public CheckedSettings check(JsonObject settings, JsonObject stored) {
                    var traits = new OfferingTraits(
                            EnumSet.allOf(EventType.class), Duration.ofMinutes(1), Duration.ofHours(1), Set.of());
                    return new CheckedSettings(settings, traits, List.of());
                }

                public JsonObject redact(JsonObject stored) {
                    return stored;
                }
                %s
            }
            """;

    private GuestJar() {}

    /** A jar whose start does this first, and whose main class has these members too. */
    static Path make(Path directory, String name, String startBody, String members) throws IOException {
        return make(directory, name, startBody, members, "worker");
    }

    /** The same, on threads of that kind. */
    static Path make(Path directory, String name, String startBody, String members, String threading)
            throws IOException {
        Path classes = compile(Files.createDirectories(directory.resolve(name)), SOURCE.formatted(startBody, members));
        Path jar = directory.resolve(name + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file);
                Stream<Path> compiled = Files.walk(classes)) {
            zip.putNextEntry(new ZipEntry(PluginJar.DESCRIPTOR));
            zip.write(new JsonObject()
                    .put("id", "guest")
                    .put("version", "1.0.0")
                    .put("api", "0.1")
                    .put("vertx", "5.0")
                    .put("main", "guest.Guest")
                    .put("threading", threading)
                    .encode()
                    .getBytes(StandardCharsets.UTF_8));
            for (Path one : compiled.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(one).toString()));
                Files.copy(one, zip);
            }
        }
        return jar;
    }

    /** What is in one directory, also in another. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private static Path compile(Path work, String code) throws IOException {
        Path source = Files.writeString(work.resolve("Guest.java"), code);
        Path classes = Files.createDirectories(work.resolve("classes"));
        List<String> options = List.of("-proc:none", "-d", classes.toString(), "-classpath", classPath());
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            if (!compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(source))
                    .call()) {
                throw new IllegalArgumentException("The guest does not compile.");
            }
        }
        return classes;
    }

    private static String classPath() {
        return Stream.of(Plugin.class, Vertx.class, Logger.class)
                .map(GuestJar::origin)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String origin(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
