package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** A plugin that is compiled and packed on the spot: it gives each resource its own name as backend_id. */
final class TinyPlugin {

    static final String ID = "tiny";

    private static final String SOURCE = """
            package tiny;

            import io.factotum.api.Plugin;
            import io.factotum.api.PluginContext;
            import io.factotum.api.lifecycle.*;
            import io.factotum.api.offering.*;
            import io.vertx.core.Future;
            import io.vertx.core.json.JsonObject;
            import java.time.Duration;
            import java.util.*;

            public class Tiny implements Plugin {
                @Override
                public Future<?> start(PluginContext context) {
                    return context.serve(new AnySettings(), event -> context.runs()
                            .begin(event, "tiny", "none")
                            .map(begun -> LifecycleResult.created("tiny-" + event.resource().name(), null, null)));
                }

                record AnySettings() implements OfferingSupport {
                    @Override
                    public CheckedSettings check(JsonObject settings, JsonObject stored) {
                        var traits = new OfferingTraits(
                                Set.of(EventType.CREATE), Duration.ofMinutes(1), Duration.ofHours(1), Set.of());
                        return new CheckedSettings(settings, traits, List.of());
                    }

                    @Override
                    public JsonObject redact(JsonObject stored) {
                        return stored;
                    }
                }
            }
            """;

    private TinyPlugin() {}

    /** Makes the jar beside, then moves it there whole, as plugins are to be dropped. */
    static void dropInto(Path directory, Path work) throws IOException {
        Path classes = compile(work);
        Path jar = work.resolve("tiny.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file);
                Stream<Path> compiled = Files.walk(classes)) {
            zip.putNextEntry(new ZipEntry("META-INF/plugin.json"));
            zip.write(descriptor().toBuffer().getBytes());
            for (Path compiledFile : compiled.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(compiledFile).toString()));
                zip.write(Files.readAllBytes(compiledFile));
            }
        }
        Files.move(jar, directory.resolve("tiny.jar"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static JsonObject descriptor() {
        return new JsonObject()
                .put("id", ID)
                .put("version", "1.0.0")
                .put("api", "0.1")
                .put("vertx", "5.0")
                .put("main", "tiny.Tiny");
    }

    private static Path compile(Path work) throws IOException {
        Path source = work.resolve("Tiny.java");
        Path classes = Files.createDirectories(work.resolve("classes"));
        Files.writeString(source, SOURCE);
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-proc:none", "-d", classes.toString(), "-classpath", classPath());
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(source))
                            .call())
                    .as("the plugin compiles")
                    .isTrue();
        }
        return classes;
    }

    private static String classPath() {
        return Stream.of(io.factotum.api.Plugin.class, io.vertx.core.Vertx.class)
                .map(TinyPlugin::origin)
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
