package io.factotum.host.plugin;

import io.factotum.host.storage.PluginSchema;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
        // Known since it was staged: to look through a large jar once more takes longer than all else at a start.
        if (jar.migrations().isEmpty()) {
            return Future.succeededFuture();
        }
        return files.blocking(() -> unpack(jar))
                .compose(directory -> schema.migrate(directory).eventually(() -> files.blocking(() -> remove(directory))
                        .onFailure(kept -> LOG.warn("Cannot remove '{}'", directory, kept))));
    }

    static boolean isMigration(String entry) {
        return entry.startsWith(DIRECTORY) && entry.endsWith(".sql") && entry.indexOf('/', DIRECTORY.length()) < 0;
    }

    private static Path unpack(StagedJar jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.copy().toFile())) {
            Path directory = Files.createTempDirectory("factotum-migrations");
            for (String script : jar.migrations()) {
                try (InputStream in = zip.getInputStream(zip.getEntry(script))) {
                    Files.copy(in, directory.resolve(script.substring(DIRECTORY.length())));
                }
            }
            return directory;
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
