package io.factotum.host.plugin;

import io.factotum.host.storage.PluginSchema;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the migrations that a plugin brings in its jar. */
final class JarMigrations {

    private static final Logger LOG = LoggerFactory.getLogger(JarMigrations.class);
    private static final String DIRECTORY = "META-INF/db/migration/";

    private final PluginWatch files;

    JarMigrations(PluginWatch files) {
        this.files = files;
    }

    /** Completes when each has been run once; at once if there is none. */
    Future<Void> run(StagedJar jar, PluginSchema schema) {
        return files.blocking(() -> unpack(jar.copy())).compose(scripts -> {
            if (scripts.isEmpty()) {
                return Future.succeededFuture();
            }
            Path directory = scripts.get();
            return schema.migrate(directory).eventually(() -> files.blocking(() -> remove(directory))
                    .onFailure(kept -> LOG.warn("Cannot remove '{}'", directory, kept)));
        });
    }

    private static Optional<Path> unpack(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> scripts = zip.stream()
                    .filter(entry -> entry.getName().matches(DIRECTORY + "[^/]+\\.sql"))
                    .toList();
            if (scripts.isEmpty()) {
                return Optional.empty();
            }
            Path directory = Files.createTempDirectory("factotum-migrations");
            for (ZipEntry script : scripts) {
                try (InputStream in = zip.getInputStream(script)) {
                    Files.copy(in, directory.resolve(script.getName().substring(DIRECTORY.length())));
                }
            }
            return Optional.of(directory);
        }
    }

    private static boolean remove(Path directory) throws IOException {
        try (DirectoryStream<Path> scripts = Files.newDirectoryStream(directory)) {
            for (Path script : scripts) {
                Files.delete(script);
            }
        }
        Files.delete(directory);
        return true;
    }
}
