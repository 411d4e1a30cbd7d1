package io.factotum.archetype;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.stream.Stream;

/**
 * A local repository of Maven with this build in it, as after {@code mvn install}, which nothing else sees. All that is
 * not of this project is the real one's, by symbolic links.
 */
final class LocalRepository implements AutoCloseable {

    private static final String GROUP = "factotum";

    private final Path directory;
    private final String version;

    private LocalRepository(Path directory, String version) {
        this.directory = directory;
        this.version = version;
    }

    static LocalRepository make(Path directory, Path real, Path sources, String version) throws IOException {
        LocalRepository made = new LocalRepository(directory, version);
        made.lend(real);
        made.put("factotum", sources.resolve("pom.xml"));
        made.put("plugin-api", sources.resolve("plugin-api"), "plugin-api-" + version + ".jar");
        made.put("host", sources.resolve("host"), "host.jar");
        made.put("plugin-testkit", sources.resolve("plugin-testkit"), "plugin-testkit-" + version + ".jar");
        made.put("plugin-archetype", sources.resolve("plugin-archetype"), "plugin-archetype-" + version + ".jar");
        return made;
    }

    private void lend(Path real) throws IOException {
        link(real, directory, "io");
        link(real.resolve("io"), directory.resolve("io"), GROUP);
    }

    private static void link(Path from, Path to, String except) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.filter(Files::isDirectory).toList()) {
                if (!entry.endsWith(Paths.get(except))) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
                }
            }
        }
    }

    private void put(String artifact, Path module, String jar) throws IOException {
        put(artifact, module.resolve("pom.xml"));
        Files.copy(module.resolve("target").resolve(jar), home(artifact).resolve(artifact + "-" + version + ".jar"));
    }

    private void put(String artifact, Path pom) throws IOException {
        Files.createDirectories(home(artifact));
        Files.copy(pom, home(artifact).resolve(artifact + "-" + version + ".pom"));
    }

    private Path home(String artifact) {
        return directory.resolve(Paths.get("io", GROUP, artifact, version));
    }

    /** The arguments that have Maven use it. */
    List<String> arguments(boolean offline) {
        String where = "-Dmaven.repo.local=" + directory;
        return offline ? List.of(where, "--offline") : List.of(where);
    }

    /** Takes the links away again; what they lead to stays. */
    @Override
    public void close() throws IOException {
        for (Path parent : List.of(directory, directory.resolve("io"))) {
            try (Stream<Path> entries = Files.list(parent)) {
                for (Path link : entries.filter(Files::isSymbolicLink).toList()) {
                    Files.delete(link);
                }
            }
        }
    }
}
