package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checked-out project and what the build has made in it. */
final class Repository {

    static final Path ROOT = root();
    static final Path OFFERINGS = ROOT.resolve("conf/offerings");
    static final Path PLUGINS = ROOT.resolve("plugins-dir");
    static final Path CUSTOM_SCRIPTS = PLUGINS.resolve("custom-scripts.jar");

    private Repository() {}

    /** The class path of {@code bin/run}. */
    static String hostClassPath() {
        Path jar = ROOT.resolve("host/target/host.jar");
        assertThat(jar).as("made by the build, which has to come first").exists();
        assertThat(CUSTOM_SCRIPTS)
                .as("made by the build, which has to come first")
                .exists();
        return jar + ":" + ROOT.resolve("host/target/lib/*");
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("conf/offerings"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException("Cannot find conf/offerings: not above the working directory.");
            }
            directory = parent;
        }
        return directory;
    }
}
